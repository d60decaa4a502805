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
