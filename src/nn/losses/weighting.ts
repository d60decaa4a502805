import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import * as ops from '../../ops/index.js';

/** How the losses of a batch become one. */
export type Reduction = (typeof REDUCTIONS)[number];

/** Keras' names; `mean` is `sum_over_batch_size` by another name. */
export const REDUCTIONS = ['sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none'] as const;

/**
 * Makes the ranks of labels and predictions, or of values and weights, equal where they differ by a last axis of
 * length 1, as Keras does: the axis goes, unless the other has only the batch axis, which then gains one.
 */
export function toSameRank(a: Output, b: Output): [Output, Output] {
  const [aShape, bShape] = [knownRank('labels', a.shape), knownRank('predictions', b.shape)];
  if (aShape.length === bShape.length + 1 && aShape.at(-1) === 1) {
    return bShape.length === 1 ? [a, ops.expandDims(b, -1)] : [ops.squeeze(a, -1), b];
  }
  if (bShape.length === aShape.length + 1 && bShape.at(-1) === 1) {
    return aShape.length === 1 ? [ops.expandDims(a, -1), b] : [a, ops.squeeze(b, -1)];
  }
  return [a, b];
}

/**
 * Weighs and reduces the losses of a batch.
 *
 * @param values one loss per sample, or per step of each
 * @param sampleWeight broadcasts against them
 * @param mask true where a value counts; the mean is then taken over those
 */
export function reduceWeighted(
  values: Output,
  reduction: Reduction,
  sampleWeight?: Output | undefined,
  mask?: Output | undefined,
): Output {
  const weight = mask ? withMask(mask, values, reduction, sampleWeight) : sampleWeight;
  if (!weight) return reduce(values, reduction);
  const [own, factor] = toSameRank(values, ops.cast(weight, values.dtype));
  return reduce(ops.mul(own, factor), reduction, factor);
}

/** Sample weights that are 0 where the mask is, and add up so that means are over what counts. */
export function withMask(
  mask: Output,
  values: Output,
  reduction: Reduction,
  sampleWeight?: Output | undefined,
): Output {
  const counted = ops.cast(mask, values.dtype);
  const overCounted = reduction === 'mean' || reduction === 'sum_over_batch_size';
  const share = overCounted
    ? ops.mul(counted, ops.divNoNan(ops.cast(ops.size(mask), values.dtype), ops.sum(counted)))
    : counted;
  if (!sampleWeight) return share;
  const [first, second] = toSameRank(share, ops.cast(sampleWeight, values.dtype));
  return ops.mul(second, first);
}

function reduce(values: Output, reduction: Reduction, weight?: Output): Output {
  if (reduction === 'none' || values.shape?.length === 0) return values;
  if (reduction === 'sum') return ops.sum(values);
  if (reduction !== 'mean_with_sample_weight' || !weight) return meanOrZero(values);
  return ops.divNoNan(ops.sum(values), ops.sum(weight));
}

/** The mean; 0 of nothing. */
function meanOrZero(values: Output): Output {
  return ops.divNoNan(ops.sum(values), ops.cast(ops.size(values), values.dtype));
}
