import type { Output } from '../../core/output.js';
import type { Condition, ConfusionOptions } from './confusion.js';
import { ConfusionMetric } from './confusion-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';
import { areSpaced, LOWEST, type Thresholds, thresholdsOf } from './thresholds.js';

export interface PrecisionRecallOptions extends MetricOptions {
  /** A prediction is positive above it; several give one value each. Default 0.5, or none where `topK` is given. */
  thresholds?: Thresholds;
  /** Only the k greatest predictions of a sample may be positive. Default all. */
  topK?: number | null;
  /** Counts only this class, an entry of the last axis. Default all. */
  classId?: number | null;
}

abstract class PrecisionRecall extends ConfusionMetric<PrecisionRecallOptions> {
  readonly #thresholds: readonly number[];

  constructor(options: PrecisionRecallOptions = {}) {
    super(options);
    const { thresholds, topK } = this.options;
    this.#thresholds = thresholdsOf(`${this.className}.thresholds`, thresholds, topK === null ? 0.5 : LOWEST);
  }

  protected override confusionOptions(): ConfusionOptions {
    const { topK, classId } = this.options;
    return { thresholds: this.#thresholds, spaced: areSpaced(this.#thresholds), topK, classId };
  }
}

/**
 * Of what is predicted positive, the share that is: a scalar, or [thresholds].
 *
 * @example
 * new Precision({ thresholds: 0.8 });
 */
export class Precision extends PrecisionRecall {
  static override readonly className: string = 'Precision';
  static override readonly defaults = { ...metricDefaults('precision'), thresholds: null, topK: null, classId: null };
  protected override readonly counted = {
    true_positives: 'truePositives',
    false_positives: 'falsePositives',
  } satisfies Record<string, Condition>;

  override result(): Output {
    return this.oneOrAll(this.share('true_positives', 'false_positives'));
  }
}

/** Of what is positive, the share that is predicted so: a scalar, or [thresholds]. */
export class Recall extends PrecisionRecall {
  static override readonly className: string = 'Recall';
  static override readonly defaults = { ...metricDefaults('recall'), thresholds: null, topK: null, classId: null };
  protected override readonly counted = {
    true_positives: 'truePositives',
    false_negatives: 'falseNegatives',
  } satisfies Record<string, Condition>;

  override result(): Output {
    return this.oneOrAll(this.share('true_positives', 'false_negatives'));
  }
}
