/**
 * Random numbers from the program's own generator: one `seed` repeats them, and checkpoints hold their state. Every call
 * is a stream of its own; each run of the function draws anew.
 */
import { constant } from '../core/constant.js';
import type { DType } from '../core/dtype.js';
import { type Operand, toOutput } from '../core/operand.js';
import type { Output } from '../core/output.js';
import { PHILOX, randomStream, statelessRandom } from '../core/random.js';
import * as raw from './generated/index.js';

/**
 * Uniform in [min, max).
 *
 * @param shape may itself be a value of the graph
 * @example
 * const noise = random.uniform([128, 100], { min: -1, max: 1 });
 */
export function uniform(
  shape: Operand,
  { min = 0, max = 1, dtype = 'float32' }: { min?: number; max?: number; dtype?: DType } = {},
): Output {
  return moved(statelessRandom('StatelessRandomUniformV2', dims(shape), dtype), min, max - min);
}

/** Whole numbers, uniform in [min, max). */
export function uniformInt(
  shape: Operand,
  min: Operand,
  max: Operand,
  { dtype = 'int32' }: { dtype?: 'int32' | 'int64' } = {},
): Output {
  const { key, counter } = randomStream();
  const bounds = [toOutput(min, dtype), toOutput(max, dtype)] as const;
  return raw.statelessRandomUniformIntV2(dims(shape), key, counter, constant(PHILOX, 'int32'), ...bounds);
}

/** Gaussian. */
export function normal(
  shape: Operand,
  { mean = 0, stddev = 1, dtype = 'float32' }: { mean?: number; stddev?: number; dtype?: DType } = {},
): Output {
  return moved(statelessRandom('StatelessRandomNormalV2', dims(shape), dtype), mean, stddev);
}

/** Gaussian, what lies beyond two standard deviations drawn again. */
export function truncatedNormal(
  shape: Operand,
  { mean = 0, stddev = 1, dtype = 'float32' }: { mean?: number; stddev?: number; dtype?: DType } = {},
): Output {
  return moved(statelessRandom('StatelessTruncatedNormalV2', dims(shape), dtype), mean, stddev);
}

/**
 * Classes drawn by unnormalised log probabilities.
 *
 * @param logits [batch, classes]
 * @returns int64 or int32 [batch, count]
 */
export function categorical(
  logits: Operand,
  count: number,
  { dtype = 'int64' }: { dtype?: 'int32' | 'int64' } = {},
): Output {
  const seed = statelessRandom('StatelessRandomUniformFullIntV2', dims([2]), 'int64');
  return raw.statelessMultinomial(logits, constant(count, 'int32'), seed, { outputDtype: dtype });
}

/** The rows of x in random order. */
export function shuffle(x: Operand): Output {
  const { key, counter } = randomStream();
  return raw.statelessShuffle(x, key, counter, constant(PHILOX, 'int32'));
}

function dims(shape: Operand): Output {
  return Array.isArray(shape) ? constant(Int32Array.from(shape as number[])) : toOutput(shape, 'int32');
}

/** offset + scale · x. */
function moved(x: Output, offset: number, scale: number): Output {
  const scaled = scale === 1 ? x : raw.mul(x, scale);
  return offset === 0 ? scaled : raw.addV2(scaled, offset);
}
