import * as tf from 'libtensorflow-node';
import { uniform } from '../reinforcement/random.js';
import type { Digits } from './digits.js';

/** Data for a model with two inputs and two outputs, by their names. */
export interface Pairs {
  /** Pictures: float32 `[pairs, side, side, 1]` each. */
  readonly x: Record<'first' | 'second', tf.Tensor>;
  /** 1 where both are the same digit, float32 `[pairs, 1]`; the larger digit, int32 `[pairs]`. */
  readonly y: Record<'same' | 'larger', tf.Tensor>;
  /** Which digits they are. */
  readonly digits: readonly (readonly [number, number])[];
}

/** So many pairs of digits, more than half of them twice the same digit. */
export function makePairs(digits: Digits, count: number, seed: number): Pairs {
  const { labels } = digits;
  const random = uniform(seed);
  const pick = (from: readonly number[]) => from[Math.floor(random() * from.length)] ?? 0;
  const all = [...labels.keys()];
  const showing = Array.from({ length: 10 }, (_, digit) => all.filter((i) => labels[i] === digit));
  const firsts = Array.from({ length: count }, () => pick(all));
  const seconds = firsts.map((i) => pick(random() < 0.5 ? (showing[labels[i] ?? 0] ?? all) : all));

  const shown = firsts.map((i, at) => [labels[i] ?? 0, labels[seconds[at] ?? 0] ?? 0] as const);
  const same = Float32Array.from(shown, ([a, b]) => Number(a === b));
  const larger = Int32Array.from(shown, ([a, b]) => Math.max(a, b));
  return {
    x: { first: pictures(digits, firsts), second: pictures(digits, seconds) },
    y: { same: tf.tensor(same, [count, 1]), larger: tf.tensor(larger, [count]) },
    digits: shown,
  };
}

/** The chosen pictures, one after the other. */
function pictures({ side, pixels }: Digits, chosen: readonly number[]): tf.Tensor {
  const size = side * side;
  const values = new Float32Array(chosen.length * size);
  for (const [at, i] of chosen.entries()) values.set(pixels.subarray(i * size, (i + 1) * size), at * size);
  return tf.tensor(values, [chosen.length, side, side, 1]);
}
