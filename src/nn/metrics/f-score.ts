import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { oneOf } from '../serialization.js';
import { Metric, type MetricOptions, type MetricShapes, metricDefaults, numClassesOf } from './metric.js';
import { weightOf } from './weighting.js';

const AVERAGES = ['micro', 'macro', 'weighted'] as const;

export interface F1ScoreOptions extends MetricOptions {
  /**
   * `micro`: of all classes together; `macro`: the mean over classes; `weighted`: the same, by how often each class
   * is. Default `null`: one value for each class.
   */
  average?: string | null;
  /** Predictions above it are positive, 0 to 1. Default: the greatest of each sample. */
  threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much recall counts against precision. Default 1: the same. */
  beta?: number;
}

/**
 * The weighted harmonic mean of precision and recall: (1 + β²) · precision · recall / (β² · precision + recall).
 *
 * Labels and predictions are [batch, classes]; the result is a scalar, or [classes] without an average.
 */
export class FBetaScore<O extends FBetaScoreOptions = FBetaScoreOptions> extends Metric<O> {
  static override readonly className: string = 'FBetaScore';
  static override readonly defaults: Readonly<Record<string, unknown>> = {
    ...metricDefaults('fbeta_score'),
    average: null,
    beta: 1,
    threshold: null,
  };

  readonly #average: (typeof AVERAGES)[number] | null;
  readonly #beta: number;
  readonly #threshold: number | null;

  constructor(options: O = {} as O) {
    super(options);
    const { average = null, beta = 1, threshold = null } = this.options as FBetaScoreOptions;
    this.#average = average === null ? null : oneOf(`${this.className}.average`, average, AVERAGES);
    this.#beta = beta;
    this.#threshold = threshold;
    if (!(beta > 0)) throw new TensorFlowError('ERR_ARGUMENT', `FBetaScore.beta must be greater than 0, got ${beta}.`);
    if (threshold !== null && !(threshold > 0 && threshold <= 1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.className}.threshold must be greater than 0 and at most 1, got ${threshold}.`,
      );
    }
  }

  protected override makeState(shapes: MetricShapes): void {
    const shape = this.#average === 'micro' ? [] : [numClassesOf(this, shapes)];
    for (const name of ['true_positives', 'false_positives', 'false_negatives', 'intermediate_weights']) {
      this.addState(name, shape);
    }
  }

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void {
    const labels = ops.cast(yTrue, this.dtype);
    const chosen = ops.cast(this.#isPositive(ops.cast(yPred, this.dtype)), this.dtype);
    const weight = weightOf(labels, this.dtype, sampleWeight, mask);
    const add = (name: string, values: Output): void => {
      this.state(name).assignAdd(ops.sum(ops.mul(values, weight), this.#average === 'micro' ? null : 0));
    };
    add('true_positives', ops.mul(chosen, labels));
    add('false_positives', ops.mul(chosen, ops.sub(1, labels)));
    add('false_negatives', ops.mul(ops.sub(1, chosen), labels));
    add('intermediate_weights', labels);
  }

  override result(): Output {
    const right = this.state('true_positives').read();
    const shareOf = (rest: string): Output => over(right, ops.add(right, this.state(rest).read()));
    const [precision, recall] = [shareOf('false_positives'), shareOf('false_negatives')];
    const square = this.#beta ** 2;
    const mean = over(ops.mul(precision, recall), ops.add(ops.mul(precision, square), recall));
    const score = ops.mul(mean, 1 + square);
    if (this.#average === null) return score;
    if (this.#average !== 'weighted') return ops.mean(score);
    const weights = this.state('intermediate_weights').read();
    return ops.sum(ops.mul(score, over(weights, ops.sum(weights))));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), average: this.#average };
  }

  #isPositive(predictions: Output): Output {
    if (this.#threshold !== null) return ops.greater(predictions, this.#threshold);
    const greatest = ops.greaterEqual(predictions, ops.max(predictions, -1, { keepDims: true }));
    // Why: where all predictions are 0, none is the greatest.
    return ops.logicalAnd(greatest, ops.greater(ops.abs(predictions), 1e-9));
  }
}

/** The harmonic mean of precision and recall: 2 · precision · recall / (precision + recall). */
export class F1Score extends FBetaScore<F1ScoreOptions> {
  static override readonly className: string = 'F1Score';
  static override readonly defaults = { ...metricDefaults('f1_score'), average: null, threshold: null };
}

function over(a: Output, b: Output): Output {
  return ops.div(a, ops.add(b, EPSILON));
}
