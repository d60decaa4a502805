import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { logitsBehind } from '../losses/logits.js';
import { toSameRank } from '../losses/weighting.js';
import { MeanMetric } from './mean-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';

/** How often predictions equal labels. */
export class Accuracy extends MeanMetric {
  static override readonly className: string = 'Accuracy';
  static override readonly defaults = metricDefaults('accuracy');

  protected override values(yTrue: Output, yPred: Output): Output {
    return accuracy(yTrue, yPred);
  }
}

/** 1 where a prediction equals its label, else 0. */
export function accuracy(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = toSameRank(ops.cast(yTrue, yPred.dtype), yPred);
  return ops.cast(ops.equal(labels, predictions), 'float32');
}

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Predictions above it are 1. Default 0.5. */
  threshold?: number;
}

/** How often predictions are on the side of the threshold their labels 0 or 1 say. */
export class BinaryAccuracy extends MeanMetric<BinaryAccuracyOptions> {
  static override readonly className: string = 'BinaryAccuracy';
  static override readonly defaults = { ...metricDefaults('binary_accuracy'), threshold: 0.5 };

  protected override values(yTrue: Output, yPred: Output): Output {
    return binaryAccuracy(yTrue, yPred, this.options);
  }
}

/** 1 where a prediction is on the side of its label, else 0. */
export function binaryAccuracy(yTrue: Output, yPred: Output, { threshold = 0.5 }: { threshold?: number } = {}): Output {
  const [labels, predictions] = toSameRank(yTrue, yPred);
  const sides = ops.cast(ops.greater(predictions, threshold), labels.dtype);
  return ops.cast(ops.equal(labels, sides), 'float32');
}

/** How often the likeliest class is that of a one-hot label. */
export class CategoricalAccuracy extends MeanMetric {
  static override readonly className: string = 'CategoricalAccuracy';
  static override readonly defaults = metricDefaults('categorical_accuracy');

  protected override values(yTrue: Output, yPred: Output): Output {
    return categoricalAccuracy(yTrue, yPred);
  }
}

/** 1 where the likeliest class is the label's, else 0; both are [batch, ..., classes]. */
export function categoricalAccuracy(yTrue: Output, yPred: Output): Output {
  return ops.cast(ops.equal(likeliest(yTrue), likelyClass(yPred)), 'float32');
}

/** How often the likeliest class is the label, a class number. */
export class SparseCategoricalAccuracy extends MeanMetric {
  static override readonly className: string = 'SparseCategoricalAccuracy';
  static override readonly defaults = metricDefaults('sparse_categorical_accuracy');

  protected override values(yTrue: Output, yPred: Output): Output {
    return sparseCategoricalAccuracy(yTrue, yPred);
  }
}

/** 1 where the likeliest class is the label, else 0; labels are [batch, ...] or [batch, ..., 1]. */
export function sparseCategoricalAccuracy(yTrue: Output, yPred: Output): Output {
  const classes = withoutClassAxis(yTrue, yPred);
  return ops.cast(ops.equal(ops.cast(classes, 'int64'), likelyClass(yPred)), 'float32');
}

export interface TopKOptions extends MetricOptions {
  /** How many of the likeliest classes count as right. Default 5. */
  k?: number;
}

/** How often a one-hot label is among the k likeliest classes. */
export class TopKCategoricalAccuracy extends MeanMetric<TopKOptions> {
  static override readonly className: string = 'TopKCategoricalAccuracy';
  static override readonly defaults = { ...metricDefaults('top_k_categorical_accuracy'), k: 5 };

  protected override values(yTrue: Output, yPred: Output): Output {
    return topKCategoricalAccuracy(yTrue, yPred, this.options);
  }
}

/** 1 where the label's class is among the k likeliest, else 0; both are [batch, ..., classes]. */
export function topKCategoricalAccuracy(yTrue: Output, yPred: Output, { k = 5 }: { k?: number } = {}): Output {
  return amongTopK(likeliest(yTrue), yPred, k);
}

export interface SparseTopKOptions extends TopKOptions {
  /** Whether predictions are class numbers, likeliest first, not probabilities. Default false. */
  fromSortedIds?: boolean;
}

/** How often the label, a class number, is among the k likeliest classes. */
export class SparseTopKCategoricalAccuracy extends MeanMetric<SparseTopKOptions> {
  static override readonly className: string = 'SparseTopKCategoricalAccuracy';
  static override readonly defaults = {
    ...metricDefaults('sparse_top_k_categorical_accuracy'),
    k: 5,
    fromSortedIds: false,
  };

  protected override values(yTrue: Output, yPred: Output): Output {
    return sparseTopKCategoricalAccuracy(yTrue, yPred, this.options);
  }

  override getConfig(): Record<string, unknown> {
    const { from_sorted_ids, ...config } = super.getConfig();
    return from_sorted_ids ? { ...config, from_sorted_ids } : config;
  }
}

/** 1 where the label is among the k likeliest classes, else 0. */
export function sparseTopKCategoricalAccuracy(
  yTrue: Output,
  yPred: Output,
  { k = 5, fromSortedIds = false }: { k?: number; fromSortedIds?: boolean } = {},
): Output {
  const classes = withoutClassAxis(yTrue, yPred);
  if (!fromSortedIds) return amongTopK(ops.cast(classes, 'int64'), yPred, k);
  const rank = knownRank('sparseTopKCategoricalAccuracy', yPred.shape).length;
  const begin = new Array<number>(rank).fill(0);
  const first = ops.slice(yPred, begin, ops.minimum(ops.shape(yPred), [...begin.slice(1).fill(2 ** 31 - 1), k]));
  const equal = ops.equal(ops.expandDims(ops.cast(classes, yPred.dtype), -1), first);
  return ops.cast(ops.any(equal, -1), 'float32');
}

/** The library's op, which takes a matrix and a vector. */
function amongTopK(classes: Output, yPred: Output, k: number): Output {
  const shape = knownRank('topKCategoricalAccuracy', yPred.shape);
  if (shape.length === 2) return ops.cast(ops.inTopKV2(yPred, classes, ops.cast(k, classes.dtype)), 'float32');
  const last = ops.slice(ops.shape(yPred), [shape.length - 1], [1]);
  const matrix = ops.reshape(yPred, ops.concat([[-1], last], 0));
  const found = ops.inTopKV2(matrix, ops.reshape(classes, [-1]), ops.cast(k, classes.dtype));
  return ops.reshape(ops.cast(found, 'float32'), ops.shape(classes));
}

/** Why: a training step needs no probabilities for it; the greatest logit is the likeliest class. */
function likelyClass(yPred: Output): Output {
  return likeliest(logitsBehind(yPred, 'Softmax') ?? yPred);
}

function likeliest(x: Output): Output {
  return ops.argMax(x, -1);
}

/** Class numbers without a last axis of length 1. */
function withoutClassAxis(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = [knownRank('labels', yTrue.shape), knownRank('predictions', yPred.shape)];
  return labels.length === predictions.length && labels.at(-1) === 1 ? ops.squeeze(yTrue, -1) : yTrue;
}
