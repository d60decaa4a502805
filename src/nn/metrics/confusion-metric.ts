import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { type Condition, type ConfusionOptions, confusion } from './confusion.js';
import { Metric, type MetricOptions, type MetricShapes } from './metric.js';

/** A metric of how much is predicted right and wrong at some thresholds. */
export abstract class ConfusionMetric<O extends MetricOptions = MetricOptions> extends Metric<O> {
  /** What each variable of the state sums up. */
  protected abstract readonly counted: Readonly<Record<string, Condition>>;
  protected abstract confusionOptions(): ConfusionOptions;

  protected override makeState(_: MetricShapes): void {
    const { thresholds, numLabels = null } = this.confusionOptions();
    const width = numLabels === null ? [] : [numLabels];
    for (const name of Object.keys(this.counted)) this.addState(name, [thresholds.length, ...width]);
  }

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void {
    const found = confusion(yTrue, ops.cast(yPred, this.dtype), this.confusionOptions(), sampleWeight, mask);
    for (const [name, condition] of Object.entries(this.counted)) this.state(name).assignAdd(found[condition]);
  }

  /** Of `part` and what else there is, the share of `part`: `part / (part + rest)`, 0 of nothing. */
  protected share(part: string, rest: string): Output {
    const own = this.state(part).read();
    return ops.divNoNan(own, ops.add(own, this.state(rest).read()));
  }

  /** The value itself where there is one threshold, not a list of one. */
  protected oneOrAll(values: Output): Output {
    return this.confusionOptions().thresholds.length === 1 ? ops.squeeze(values, 0) : values;
  }
}

/** The state of metrics that need all four. */
export const ALL_CONDITIONS = {
  true_positives: 'truePositives',
  false_positives: 'falsePositives',
  true_negatives: 'trueNegatives',
  false_negatives: 'falseNegatives',
} as const satisfies Record<string, Condition>;
