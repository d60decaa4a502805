import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { comparable } from '../losses/mean-errors.js';
import { MeanMetric } from './mean-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';

export interface CorrelationOptions extends MetricOptions {
  /** Axis along which labels and predictions are compared. Default the last. */
  axis?: number;
}

/** How far predictions follow labels along a line, −1 to 1. */
export class PearsonCorrelation extends MeanMetric<CorrelationOptions> {
  static override readonly className: string = 'PearsonCorrelation';
  static override readonly defaults = { ...metricDefaults('pearson_correlation'), axis: -1 };

  protected override values(yTrue: Output, yPred: Output): Output {
    const { axis } = this.options;
    const [labels, predictions] = comparable(yTrue, yPred).map((x) => standardized(x, axis)) as [Output, Output];
    return ops.mean(ops.mul(labels, predictions), axis);
  }
}

/** How far predictions equal labels, −1 to 1: Pearson's correlation less what is lost by scale and offset. */
export class ConcordanceCorrelation extends MeanMetric<CorrelationOptions> {
  static override readonly className: string = 'ConcordanceCorrelation';
  static override readonly defaults = { ...metricDefaults('concordance_correlation'), axis: -1 };

  protected override values(yTrue: Output, yPred: Output): Output {
    const { axis } = this.options;
    const [labels, predictions] = comparable(yTrue, yPred);
    const [labelMean, predictionMean] = [meanAlong(labels, axis), meanAlong(predictions, axis)];
    const difference = ops.squaredDifference(labelMean, predictionMean);
    const spread = ops.add(ops.add(variance(labels, axis), variance(predictions, axis)), difference);
    // Why: both factors take the predictions' mean, as in Keras; the sum over the axis is the same.
    const product = ops.mul(ops.sub(labels, predictionMean), ops.sub(predictions, predictionMean));
    return ops.mean(ops.div(ops.mul(product, 2), ops.add(spread, EPSILON)), axis);
  }
}

function standardized(x: Output, axis: number): Output {
  return ops.div(ops.sub(x, meanAlong(x, axis)), ops.sqrt(variance(x, axis)));
}

function variance(x: Output, axis: number): Output {
  return meanAlong(ops.squaredDifference(x, meanAlong(x, axis)), axis);
}

function meanAlong(x: Output, axis: number): Output {
  return ops.mean(x, axis, { keepDims: true });
}
