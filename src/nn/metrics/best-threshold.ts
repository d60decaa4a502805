import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { ConfusionOptions } from './confusion.js';
import { ALL_CONDITIONS, ConfusionMetric } from './confusion-metric.js';
import { type MetricOptions, metricDefaults } from './metric.js';
import { checkFraction, spacedThresholds } from './thresholds.js';

export interface BestThresholdOptions extends MetricOptions {
  /** How many thresholds between 0 and 1 are tried. Default 200. */
  numThresholds?: number;
  /** Counts only this class, an entry of the last axis. Default all. */
  classId?: number | null;
}

/** The most of one quality that a threshold gives while another is at least so much; 0 where none does. */
abstract class BestThreshold<O extends BestThresholdOptions> extends ConfusionMetric<O> {
  protected override readonly counted = ALL_CONDITIONS;
  readonly #thresholds: readonly number[];

  constructor(options: O) {
    super(options);
    const { numThresholds } = this.options as Required<BestThresholdOptions>;
    this.#thresholds = spacedThresholds(`${this.className}.numThresholds`, numThresholds, 1);
  }

  protected override confusionOptions(): ConfusionOptions {
    const { classId } = this.options as Required<BestThresholdOptions>;
    return { thresholds: this.#thresholds, spaced: this.#thresholds.length > 1, classId };
  }

  protected bestWhere(quality: Output, least: number, wanted: Output): Output {
    return ops.max(ops.select(ops.greaterEqual(quality, least), wanted, 0));
  }

  /** Recall: of what is positive, the share predicted so. */
  protected sensitivities(): Output {
    return this.share('true_positives', 'false_negatives');
  }

  /** Of what is negative, the share predicted so. */
  protected specificities(): Output {
    return this.share('true_negatives', 'false_positives');
  }

  protected precisions(): Output {
    return this.share('true_positives', 'false_positives');
  }
}

const defaultsOf = (name: string) => ({ ...metricDefaults(name), numThresholds: 200, classId: null });

export interface SensitivityAtSpecificityOptions extends BestThresholdOptions {
  /** Least specificity, 0 to 1. */
  specificity: number;
}

/** The best sensitivity at a threshold with at least this specificity. */
export class SensitivityAtSpecificity extends BestThreshold<SensitivityAtSpecificityOptions> {
  static override readonly className: string = 'SensitivityAtSpecificity';
  static override readonly defaults = { ...defaultsOf('sensitivity_at_specificity'), specificity: undefined };
  readonly #least = checkFraction('SensitivityAtSpecificity.specificity', this.options.specificity);

  override result(): Output {
    return this.bestWhere(this.specificities(), this.#least, this.sensitivities());
  }
}

export interface SpecificityAtSensitivityOptions extends BestThresholdOptions {
  /** Least sensitivity, 0 to 1. */
  sensitivity: number;
}

/** The best specificity at a threshold with at least this sensitivity. */
export class SpecificityAtSensitivity extends BestThreshold<SpecificityAtSensitivityOptions> {
  static override readonly className: string = 'SpecificityAtSensitivity';
  static override readonly defaults = { ...defaultsOf('specificity_at_sensitivity'), sensitivity: undefined };
  readonly #least = checkFraction('SpecificityAtSensitivity.sensitivity', this.options.sensitivity);

  override result(): Output {
    return this.bestWhere(this.sensitivities(), this.#least, this.specificities());
  }
}

export interface PrecisionAtRecallOptions extends BestThresholdOptions {
  /** Least recall, 0 to 1. */
  recall: number;
}

/** The best precision at a threshold with at least this recall. */
export class PrecisionAtRecall extends BestThreshold<PrecisionAtRecallOptions> {
  static override readonly className: string = 'PrecisionAtRecall';
  static override readonly defaults = { ...defaultsOf('precision_at_recall'), recall: undefined };
  readonly #least = checkFraction('PrecisionAtRecall.recall', this.options.recall);

  override result(): Output {
    return this.bestWhere(this.sensitivities(), this.#least, this.precisions());
  }
}

export interface RecallAtPrecisionOptions extends BestThresholdOptions {
  /** Least precision, 0 to 1. */
  precision: number;
}

/** The best recall at a threshold with at least this precision. */
export class RecallAtPrecision extends BestThreshold<RecallAtPrecisionOptions> {
  static override readonly className: string = 'RecallAtPrecision';
  static override readonly defaults = { ...defaultsOf('recall_at_precision'), precision: undefined };
  readonly #least = checkFraction('RecallAtPrecision.precision', this.options.precision);

  override result(): Output {
    return this.bestWhere(this.precisions(), this.#least, this.sensitivities());
  }
}
