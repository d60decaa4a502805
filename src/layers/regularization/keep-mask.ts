import type { Output } from '../../core/output.js';
import { statelessRandom } from '../../core/random.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';

/** Unsigned integers of so many bits decide: the narrowest whose steps the rate falls on, else the widest. */
const DECIDERS = [
  { bits: 8, dtype: 'uint8' },
  { bits: 16, dtype: 'uint16' },
  { bits: 32, dtype: 'uint32' },
] as const;
const WORD_BITS = 64;

/**
 * True with probability 1 − rate.
 *
 * Why not uniform floats: random bits are what costs, and 8 of them decide as exactly for rates like 0.25 as 32 do.
 */
export function keep(shape: Output, rate: number): Output {
  const { bits, dtype } = DECIDERS.find(({ bits }) => Number.isInteger(rate * 2 ** bits)) ?? DECIDERS[2];
  const perWord = WORD_BITS / bits;
  const count = ops.reshape(ops.prod(shape, 0), [1]);
  const words = ops.floorDiv(ops.add(count, perWord - 1), perWord);
  const random = ops.bitcast(statelessRandom('StatelessRandomUniformFullIntV2', words, 'uint64'), { type: dtype }); // [words, perWord]
  const deciders = ops.reshape(ops.slice(ops.reshape(random, [-1]), [0], count), shape);
  return ops.greaterEqual(deciders, ops.constant(Math.min(Math.round(rate * 2 ** bits), 2 ** bits - 1), dtype));
}

/** The shape of x, or that given, with the lengths of x where it says null. */
export function noiseShapeOf(x: Output, noiseShape: readonly (number | null)[] | null): Output {
  const shape = ops.shape(x);
  if (noiseShape === null) return shape;
  const own = noiseShape.map((d, axis) =>
    d === null ? ops.reshape(ops.slice(shape, [axis], [1]), []) : ops.constant(d, 'int32'),
  );
  return ops.stack(own, 0);
}

/**
 * A share from 0 to below 1.
 *
 * @throws ERR_ARGUMENT for anything else
 */
export function parseRate(where: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: rate must be in [0, 1), got ${rate}.`);
}
