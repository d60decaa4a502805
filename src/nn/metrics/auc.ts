import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { oneOf } from '../serialization.js';
import type { ConfusionOptions } from './confusion.js';
import { ALL_CONDITIONS, ConfusionMetric } from './confusion-metric.js';
import { type MetricOptions, type MetricShapes, metricDefaults, numClassesOf } from './metric.js';
import { areSpaced, spacedThresholds, type Thresholds, thresholdsOf } from './thresholds.js';

const CURVES = ['ROC', 'PR', 'PRGAIN'] as const;
const SUMMATIONS = ['interpolation', 'minoring', 'majoring'] as const;

export interface AUCOptions extends MetricOptions {
  /** How many thresholds the curve is drawn by. Default 200. */
  numThresholds?: number;
  /** `ROC` (default): recall over false positive rate; `PR`: precision over recall; `PRGAIN`: their gains. */
  curve?: string;
  /** Height between two thresholds: `interpolation` (default), `minoring` the lower, `majoring` the higher one. */
  summationMethod?: string;
  /** Thresholds between 0 and 1 in place of `numThresholds`; one below 0 and one above 1 are added. */
  thresholds?: Thresholds;
  /** Whether each label has a curve of its own, and the result is their mean. Default false. */
  multiLabel?: boolean;
  /** How many labels. Default: as the predictions say. */
  numLabels?: number | null;
  /** Factor of each label: of its area where labels have curves of their own, else of its predictions. */
  labelWeights?: readonly number[] | null;
  /** Whether predictions are logits. Default false. */
  fromLogits?: boolean;
}

/**
 * The area under a curve of what a binary classifier gets right over all thresholds, a scalar.
 *
 * Source of the interpolated `PR` curve: Davis and Goadrich, 2006, section 4.
 *
 * @example
 * model.compile({ loss: 'binaryCrossentropy', metrics: [new AUC({ curve: 'PR' })] });
 */
export class AUC extends ConfusionMetric<AUCOptions> {
  static override readonly className: string = 'AUC';
  static override readonly defaults = {
    ...metricDefaults('auc'),
    numThresholds: 200,
    curve: 'ROC',
    summationMethod: 'interpolation',
    thresholds: null,
    multiLabel: false,
    numLabels: null,
    labelWeights: null,
    fromLogits: false,
  };

  protected override readonly counted = ALL_CONDITIONS;
  readonly #curve: (typeof CURVES)[number];
  readonly #summation: (typeof SUMMATIONS)[number];
  readonly #thresholds: readonly number[];
  readonly #spaced: boolean;
  #numLabels: number | null;

  constructor(options: AUCOptions = {}) {
    super(options);
    const { curve, summationMethod, thresholds, numThresholds, multiLabel, numLabels } = this.options;
    this.#curve = oneOf('AUC.curve', curve, CURVES);
    this.#summation = oneOf('AUC.summationMethod', summationMethod, SUMMATIONS);
    const inner = thresholds === null ? null : thresholdsOf('AUC.thresholds', thresholds, 0.5).sort((a, b) => a - b);
    const all = inner ? [0, ...inner, 1] : spacedThresholds('AUC.numThresholds', numThresholds, 2);
    this.#spaced = inner === null || areSpaced(all);
    this.#thresholds = [-EPSILON, ...all.slice(1, -1), 1 + EPSILON];
    if (numLabels !== null && !multiLabel) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `AUC: numLabels ${numLabels} means something only with multiLabel: true.`,
      );
    }
    this.#numLabels = numLabels;
  }

  protected override makeState(shapes: MetricShapes): void {
    if (this.options.multiLabel) this.#numLabels ??= numClassesOf(this, shapes);
    super.makeState(shapes);
  }

  protected override confusionOptions(): ConfusionOptions {
    const { multiLabel, labelWeights } = this.options;
    return {
      thresholds: this.#thresholds,
      spaced: this.#spaced,
      numLabels: this.#numLabels,
      labelWeights: multiLabel ? null : labelWeights,
    };
  }

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void {
    super.update(yTrue, this.options.fromLogits ? ops.sigmoid(yPred) : yPred, sampleWeight, mask);
  }

  override result(): Output {
    const areas = this.#curve === 'PR' && this.#summation === 'interpolation' ? this.#interpolated() : this.#riemann();
    if (!this.options.multiLabel) return ops.sum(areas);
    const byLabel = ops.sum(areas, 0);
    const { labelWeights } = this.options;
    if (!labelWeights) return ops.mean(byLabel);
    const weights = ops.cast(labelWeights, this.dtype);
    return ops.divNoNan(ops.sum(ops.mul(byLabel, weights)), ops.sum(weights));
  }

  override getConfig(): Record<string, unknown> {
    const { thresholds, num_thresholds: _, ...config } = super.getConfig();
    const all = { ...config, num_thresholds: this.#thresholds.length, curve: this.#curve };
    const own = { ...all, summation_method: this.#summation };
    return thresholds === null ? own : { ...own, thresholds: this.#thresholds.slice(1, -1) };
  }

  /** Areas between neighbouring thresholds: [thresholds − 1] or [thresholds − 1, labels]. */
  #riemann(): Output {
    const [x, y] = this.#points();
    const [[fromX, toX], [fromY, toY]] = [neighbours(x), neighbours(y)];
    return ops.mul(ops.sub(fromX, toX), this.#height(fromY, toY));
  }

  #height(a: Output, b: Output): Output {
    if (this.#summation === 'minoring') return ops.minimum(a, b);
    return this.#summation === 'majoring' ? ops.maximum(a, b) : ops.div(ops.add(a, b), 2);
  }

  #points(): [x: Output, y: Output] {
    const recall = this.share('true_positives', 'false_negatives');
    if (this.#curve === 'ROC') return [this.share('false_positives', 'true_negatives'), recall];
    if (this.#curve === 'PR') return [recall, this.share('true_positives', 'false_positives')];
    return this.#gains();
  }

  /** Gains of recall and precision over a classifier that says always yes; without true positives 0 and 1. */
  #gains(): [recall: Output, precision: Output] {
    const [tp, fp, tn, fn] = Object.keys(ALL_CONDITIONS).map((name) => this.state(name).read()) as FourOutputs;
    const odds = ops.divNoNan(ops.add(tp, fn), ops.add(tn, fp));
    const gain = (wrong: Output): Output => ops.sub(1, ops.mul(odds, ops.divNoNan(wrong, tp)));
    const none = ops.equal(tp, 0);
    return [ops.maximum(ops.select(none, 0, gain(fn)), 0), ops.select(none, 1, gain(fp))];
  }

  /** Areas under precision where true and predicted positives, not their ratio, go in straight lines. */
  #interpolated(): Output {
    const tp = this.state('true_positives').read();
    const predicted = ops.add(tp, this.state('false_positives').read());
    const positives = ops.add(tp, this.state('false_negatives').read());
    const [[fromTp, toTp], [fromP, toP], [, total]] = [neighbours(tp), neighbours(predicted), neighbours(positives)];
    const gained = ops.sub(fromTp, toTp);
    const slope = ops.divNoNan(gained, ops.maximum(ops.sub(fromP, toP), 0));
    const intercept = ops.sub(toTp, ops.mul(slope, toP));
    const both = ops.logicalAnd(ops.greater(fromP, 0), ops.greater(toP, 0));
    const ratio = ops.select(both, ops.divNoNan(fromP, ops.maximum(toP, 0)), 1);
    const area = ops.mul(slope, ops.add(gained, ops.mul(intercept, ops.log(ratio))));
    return ops.divNoNan(area, ops.maximum(total, 0));
  }
}

type FourOutputs = [Output, Output, Output, Output];

/** All values but the last, and all but the first. */
function neighbours(x: Output): [from: Output, to: Output] {
  return [ops.stridedSlice(x, [0], [-1]), ops.stridedSlice(x, [1], [0], undefined, { endMask: 1 })];
}
