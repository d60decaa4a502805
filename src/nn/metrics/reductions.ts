import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Metric, type MetricOptions, metricDefaults } from './metric.js';
import { samplewise } from './weighting.js';

/** A weighted mean over all samples: what most metrics are. */
export abstract class RunningMean<O extends MetricOptions = MetricOptions> extends Metric<O> {
  protected override makeState(): void {
    this.addState('total');
    this.addState('count');
  }

  /** Inside a function: counts values in, [batch, ...] or a scalar. */
  protected accumulate(values: Output, sampleWeight?: Output, mask?: Output): void {
    const own = samplewise(values, this.dtype, (x, axes) => ops.mean(x, axes), sampleWeight, mask);
    this.state('total').assignAdd(ops.sum(own.values));
    const count = own.weight ? ops.sum(own.weight) : ops.cast(ops.size(own.values), this.dtype);
    this.state('count').assignAdd(count);
  }

  override result(): Output {
    return ops.divNoNan(this.state('total').read(), this.state('count').read());
  }
}

/** The mean of values. */
export class Mean extends RunningMean {
  static override readonly className: string = 'Mean';
  static override readonly defaults = metricDefaults('mean');

  /** Inside a function: counts values in, [batch, ...] or a scalar. */
  override update(values: Output, sampleWeight?: Output): void {
    this.accumulate(values, sampleWeight);
  }
}

/** The sum of values. */
export class Sum extends Metric {
  static override readonly className: string = 'Sum';
  static override readonly defaults = metricDefaults('sum');

  protected override makeState(): void {
    this.addState('total');
  }

  /** Inside a function: counts values in, [batch, ...] or a scalar. */
  override update(values: Output, sampleWeight?: Output): void {
    const own = samplewise(values, this.dtype, (x, axes) => ops.sum(x, axes), sampleWeight);
    this.state('total').assignAdd(ops.sum(own.values));
  }

  override result(): Output {
    return this.state('total').read();
  }
}
