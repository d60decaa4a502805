import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { comparable } from '../losses/mean-errors.js';
import { oneOf } from '../serialization.js';
import { Metric, type MetricOptions, type MetricShapes, metricDefaults, numClassesOf } from './metric.js';
import { weightOf } from './weighting.js';

const AGGREGATIONS = ['uniform_average', 'variance_weighted_average'] as const;

export interface R2ScoreOptions extends MetricOptions {
  /** `uniformAverage` (default), `varianceWeightedAverage`, or `null` for one score of each column. */
  classAggregation?: string | null;
  /** How many regressors were used: more than 0 gives the adjusted score. Default 0. */
  numRegressors?: number;
}

/**
 * How much of the labels' variance predictions explain: 1 all, 0 no more than their mean does.
 *
 * Labels and predictions are [batch, columns]; the result is a scalar, or [columns] without aggregation.
 */
export class R2Score extends Metric<R2ScoreOptions> {
  static override readonly className: string = 'R2Score';
  static override readonly defaults = {
    ...metricDefaults('r2_score'),
    classAggregation: 'uniform_average',
    numRegressors: 0,
  };

  readonly #aggregation: (typeof AGGREGATIONS)[number] | null;

  constructor(options: R2ScoreOptions = {}) {
    super(options);
    const { classAggregation, numRegressors } = this.options;
    this.#aggregation =
      classAggregation === null ? null : oneOf('R2Score.classAggregation', classAggregation, AGGREGATIONS);
    if (!(Number.isInteger(numRegressors) && numRegressors >= 0)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `R2Score.numRegressors must be a whole number from 0 up, got ${numRegressors}.`,
      );
    }
  }

  protected override makeState(shapes: MetricShapes): void {
    this.addState('num_samples');
    for (const name of ['squared_sum', 'sum', 'residual', 'count']) this.addState(name, [numClassesOf(this, shapes)]);
  }

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void {
    const [labels, predictions] = comparable(yTrue, ops.cast(yPred, this.dtype));
    const weight = weightOf(labels, this.dtype, sampleWeight, mask);
    const add = (name: string, values: Output): void => {
      this.state(name).assignAdd(ops.sum(values, 0));
    };
    const weighted = ops.mul(labels, weight);
    add('sum', weighted);
    add('squared_sum', ops.mul(labels, weighted));
    add('residual', ops.mul(ops.squaredDifference(labels, predictions), weight));
    add('count', weight);
    this.state('num_samples').assignAdd(ops.cast(ops.size(labels), this.dtype));
  }

  override result(): Output {
    const [squared, sum, residual, count] = ['squared_sum', 'sum', 'residual', 'count'].map((name) =>
      this.state(name).read(),
    ) as [Output, Output, Output, Output];
    const total = ops.sub(squared, ops.mul(sum, ops.div(sum, count)));
    const raw = ops.sub(1, ops.div(residual, total));
    const scores = ops.select(ops.isInf(raw), 0, raw);
    return this.#adjusted(this.#aggregated(scores, total));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), class_aggregation: this.#aggregation };
  }

  #aggregated(scores: Output, total: Output): Output {
    if (this.#aggregation === null) return scores;
    if (this.#aggregation === 'uniform_average') return ops.mean(scores);
    return ops.div(ops.sum(ops.mul(total, scores)), ops.sum(total));
  }

  /** Less what so many regressors would explain by chance; the plain score while there are too few samples. */
  #adjusted(score: Output): Output {
    const { numRegressors } = this.options;
    if (numRegressors === 0) return score;
    const others = ops.sub(this.state('num_samples').read(), 1);
    const free = ops.sub(others, numRegressors);
    const adjusted = ops.sub(1, ops.div(ops.mul(ops.sub(1, score), others), free));
    return ops.select(ops.greater(free, 0), adjusted, score);
  }
}
