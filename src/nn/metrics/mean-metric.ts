import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { MaskedValues } from '../losses/loss.js';
import type { MetricOptions } from './metric.js';
import { RunningMean } from './reductions.js';

/** The mean of a function of labels and predictions. */
export abstract class MeanMetric<O extends MetricOptions = MetricOptions> extends RunningMean<O> {
  /** One value per sample, or per step of each: [batch, ...]. */
  protected abstract values(yTrue: Output, yPred: Output): Output | MaskedValues;

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask = maskOf(yPred)): void {
    const result = this.values(yTrue, ops.cast(yPred, this.dtype));
    const [values, counted] = 'values' in result ? [result.values, result.mask] : [result, undefined];
    // Why only then: Keras counts samples of the ignored class, as 0, where nothing else weighs the samples.
    const counts = sampleWeight || mask ? counted : undefined;
    this.accumulate(values, sampleWeight, mask && counts ? ops.logicalAnd(mask, counts) : (counts ?? mask));
  }
}
