import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { toSameRank, withMask } from '../losses/weighting.js';

type Reduce = (x: Output, axes: Int32Array) => Output;

/** Values of samples and their weights, [batch] or a scalar. */
export interface Weighted {
  readonly values: Output;
  readonly weight: Output | undefined;
}

/**
 * One value and one weight per sample, the values already weighted, as Keras reduces them.
 *
 * @param values [batch, ...]
 * @param reduce mean or sum, over all axes but the first
 */
export function samplewise(
  values: Output,
  dtype: DType,
  reduce: Reduce,
  sampleWeight?: Output | undefined,
  mask?: Output | undefined,
): Weighted {
  const own = ops.cast(values, dtype);
  const given = mask ? withMask(mask, own, 'sum', sampleWeight) : sampleWeight;
  if (!given) return { values: overRest(own, reduce), weight: undefined };
  const [wide, weight] = toSameRank(own, ops.cast(given, dtype));
  const [rank, weightRank] = [rankOf(wide), rankOf(weight)];
  const narrow = rank > weightRank ? reduce(wide, axes(weightRank, rank)) : wide;
  const factor = ops.broadcastTo(weight, ops.shape(narrow));
  return { values: overRest(ops.mul(narrow, factor), reduce), weight: overRest(factor, reduce) };
}

/**
 * The weight of each value: 1, or the sample's, and 0 where the mask is false.
 *
 * @param values [batch, ...]
 * @param sampleWeight [batch], or of more of the axes of values
 * @returns of the shape of values
 */
export function weightOf(values: Output, dtype: DType, sampleWeight?: Output, mask?: Output): Output {
  const given = [sampleWeight, mask].filter((factor) => factor !== undefined);
  const factors = given.map((factor) => wideAs(ops.cast(factor, dtype), values));
  return factors.reduce((all, factor) => ops.mul(all, factor), ops.ones(ops.shape(values), dtype));
}

/** With axes of length 1 at the end, added or taken away until the rank is that of values. */
function wideAs(factor: Output, values: Output): Output {
  const missing = rankOf(values) - rankOf(factor);
  if (missing === 0) return factor;
  if (missing < 0)
    return ops.squeeze(
      factor,
      Array.from({ length: -missing }, (_, i) => -1 - i),
    );
  return ops.reshape(factor, ops.concat([ops.shape(factor), new Array<number>(missing).fill(1)], 0));
}

function overRest(x: Output, reduce: Reduce): Output {
  const rank = rankOf(x);
  return rank > 1 ? reduce(x, axes(1, rank)) : x;
}

function rankOf(x: Output): number {
  return knownRank('metric', x.shape).length;
}

function axes(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}
