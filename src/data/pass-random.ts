import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import { PHILOX, type RandomStream } from '../core/random.js';
import { tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';

/** Steps of one pass that have a stream of their own. */
const STEPS = 2 ** 32;

/**
 * The random numbers of one step of one pass: the same ones for the same seed, pass and step in any run.
 *
 * @param seed a number, or an int64 scalar
 * @param pass int64 scalar
 * @param step int64 scalar below 2³²
 */
export function passStream(seed: number | Output, pass: Output, step: Output): RandomStream {
  const low = constant(tensor(0n));
  const high = ops.add(ops.mul(pass, STEPS), step);
  return {
    key: typeof seed === 'number' ? constant(tensor([BigInt(seed)], [1], 'uint64')) : fedKey(seed),
    counter: ops.bitcast(ops.stack([low, high]), { type: 'uint64' }),
  };
}

function fedKey(seed: Output): Output {
  return ops.reshape(ops.bitcast(seed, { type: 'uint64' }), [1]);
}

/** Uniform float64 numbers in [0, 1). */
export function uniform({ key, counter }: RandomStream, shape: Output): Output {
  return ops.statelessRandomUniformV2(shape, key, counter, PHILOX, { dtype: 'float64' });
}

/** 0 … count − 1 (int64) in an order of this pass. */
export function permutation(seed: number | Output, pass: Output, count: Output): Output {
  // Why: batches count their steps from 0 on, so that −1 is free.
  const { key, counter } = passStream(seed, pass, constant(tensor(-1n)));
  return ops.statelessShuffle(ascending(count), key, counter, PHILOX);
}

/** 0 … count − 1 (int64). */
export function ascending(count: Output): Output {
  return ops.range(0, count, 1);
}
