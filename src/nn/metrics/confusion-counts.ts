import type { Output } from '../../core/output.js';
import type { Condition, ConfusionOptions } from './confusion.js';
import { ConfusionMetric } from './confusion-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';
import { areSpaced, type Thresholds, thresholdsOf } from './thresholds.js';

export interface ConfusionCountOptions extends MetricOptions {
  /** A prediction is positive above it; several give one value each. Default 0.5. */
  thresholds?: Thresholds;
}

/** How many predictions, by weight, are of one kind. */
abstract class ConfusionCount extends ConfusionMetric<ConfusionCountOptions> {
  readonly #thresholds: readonly number[];

  constructor(options: ConfusionCountOptions = {}) {
    super(options);
    this.#thresholds = thresholdsOf(`${this.className}.thresholds`, this.options.thresholds, 0.5);
  }

  protected abstract readonly condition: Condition;

  protected override get counted(): Readonly<Record<string, Condition>> {
    return { accumulator: this.condition };
  }

  protected override confusionOptions(): ConfusionOptions {
    return { thresholds: this.#thresholds, spaced: areSpaced(this.#thresholds) };
  }

  override result(): Output {
    return this.oneOrAll(this.state('accumulator').read());
  }
}

/** How many positive labels are predicted positive: a scalar, or [thresholds]. */
export class TruePositives extends ConfusionCount {
  static override readonly className: string = 'TruePositives';
  static override readonly defaults = { ...metricDefaults('true_positives'), thresholds: null };
  protected override readonly condition = 'truePositives';
}

/** How many negative labels are predicted positive: a scalar, or [thresholds]. */
export class FalsePositives extends ConfusionCount {
  static override readonly className: string = 'FalsePositives';
  static override readonly defaults = { ...metricDefaults('false_positives'), thresholds: null };
  protected override readonly condition = 'falsePositives';
}

/** How many negative labels are predicted negative: a scalar, or [thresholds]. */
export class TrueNegatives extends ConfusionCount {
  static override readonly className: string = 'TrueNegatives';
  static override readonly defaults = { ...metricDefaults('true_negatives'), thresholds: null };
  protected override readonly condition = 'trueNegatives';
}

/** How many positive labels are predicted negative: a scalar, or [thresholds]. */
export class FalseNegatives extends ConfusionCount {
  static override readonly className: string = 'FalseNegatives';
  static override readonly defaults = { ...metricDefaults('false_negatives'), thresholds: null };
  protected override readonly condition = 'falseNegatives';
}
