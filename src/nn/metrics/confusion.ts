import type { Output } from '../../core/output.js';
import { formatShape, knownRank } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { toSameRank } from '../losses/weighting.js';
import { LOWEST } from './thresholds.js';
import { weightOf } from './weighting.js';

/** What a prediction can be. */
export type Condition = 'truePositives' | 'falsePositives' | 'trueNegatives' | 'falseNegatives';

export interface ConfusionOptions {
  readonly thresholds: readonly number[];
  /** Whether thresholds go from 0 to 1 at equal distances; predictions are then sorted into buckets. */
  readonly spaced: boolean;
  /** Only the k greatest predictions of a sample may be positive. */
  readonly topK?: number | null;
  /** Only this entry of the last axis counts. */
  readonly classId?: number | null;
  /** Labels that are counted apart; null where all are one. */
  readonly numLabels?: number | null;
  /** Factor of each entry of the last axis. */
  readonly labelWeights?: readonly number[] | null;
}

/** Sums of weights above and not above each threshold: [thresholds, labels]. */
interface Sides {
  readonly above: Output;
  readonly below: Output;
}

/**
 * How much of a batch is predicted right and wrong at each threshold; a prediction is positive above it.
 *
 * @param yTrue labels, [batch, ...]; what is not 0 is positive
 * @param yPred predictions, [batch, ...]
 * @returns [thresholds], or [thresholds, labels] where labels are counted apart
 */
export function confusion(
  yTrue: Output,
  yPred: Output,
  options: ConfusionOptions,
  sampleWeight?: Output,
  mask?: Output,
): Readonly<Record<Condition, Output>> {
  const { topK = null, classId = null, numLabels = null, labelWeights = null } = options;
  const [scores, labels] = toSameRank(topK === null ? yPred : onlyGreatest(yPred, topK), yTrue);
  const [own, wanted] = classId === null ? [scores, labels] : [onlyClass(scores, classId), onlyClass(labels, classId)];
  const weight = weightOf(own, own.dtype, sampleWeight, mask);
  const factor = labelWeights ? ops.mul(weight, labelWeights) : weight;
  const [columns, width] = numLabels === null ? [1, []] : [numLabels, [numLabels]];
  const flat = (x: Output): Output => ops.reshape(x, [-1, columns]);
  const shaped = (x: Output): Output => ops.reshape(x, [options.thresholds.length, ...width]);

  const [predictions, factors] = [flat(own), flat(factor)];
  const positive = ops.notEqual(flat(ops.cast(wanted, own.dtype)), 0);
  const sides = options.spaced ? sidesByBucket : sidesByComparison;
  const positives = sides(predictions, ops.select(positive, factors, 0), options.thresholds, columns);
  const negatives = sides(predictions, ops.select(positive, 0, factors), options.thresholds, columns);
  return {
    truePositives: shaped(positives.above),
    falsePositives: shaped(negatives.above),
    trueNegatives: shaped(negatives.below),
    falseNegatives: shaped(positives.below),
  };
}

/** Each prediction against each threshold. */
function sidesByComparison(predictions: Output, weights: Output, thresholds: readonly number[]): Sides {
  const limits = ops.cast(thresholds, predictions.dtype);
  const isAbove = ops.greater(ops.expandDims(predictions, 0), ops.reshape(limits, [-1, 1, 1])); // [thresholds, n, labels]
  return {
    above: ops.sum(ops.select(isAbove, weights, 0), 1),
    below: ops.sum(ops.select(isAbove, 0, weights), 1),
  };
}

/** Each prediction falls between two thresholds; what is above one is the sum of the buckets from there on. */
function sidesByBucket(predictions: Output, weights: Output, thresholds: readonly number[], columns: number): Sides {
  const last = thresholds.length - 1;
  const inside = ops.minimum(ops.maximum(predictions, 0), 1);
  const bucket = ops.cast(ops.sub(ops.ceil(ops.mul(inside, last)), 1), 'int32');
  // Why: where the first threshold lies below 0, a prediction of 0 is above it; else it is in no bucket.
  const first = ops.maximum(bucket, (thresholds[0] ?? 0) < 0 ? 0 : -1);
  const cell = ops.add(ops.mul(first, columns), ops.range(0, columns)); // [n, labels]
  const counts = ops.unsortedSegmentSum(
    ops.reshape(weights, [-1]),
    ops.reshape(cell, [-1]),
    thresholds.length * columns,
  );
  const above = ops.cumsum(ops.reshape(counts, [thresholds.length, columns]), 0, { reverse: true });
  return { above, below: ops.sub(ops.sum(weights, 0), above) };
}

/** The k greatest of the last axis; the others fall below every threshold. */
function onlyGreatest(x: Output, k: number): Output {
  const last = knownRank('topK', x.shape).length - 1;
  const classes = ops.reshape(ops.slice(ops.shape(x), [last], [1]), []);
  const { indices } = ops.topKV2(x, k);
  const kept = ops.any(ops.oneHot(indices, classes, true, false), -2);
  return ops.select(kept, x, LOWEST);
}

/** One entry of the last axis, which stays. */
function onlyClass(x: Output, classId: number): Output {
  const shape = knownRank('classId', x.shape);
  const classes = shape.at(-1) ?? Number.POSITIVE_INFINITY;
  if (shape.length < 2 || classId >= classes) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `A metric with classId ${classId} expects labels and predictions of shape [batch, ..., more than ${classId}], got ${formatShape(shape)}.`,
    );
  }
  return ops.gather(x, [classId], -1);
}
