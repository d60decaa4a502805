import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { MeanMetric } from './mean-metric.js';
import { metricDefaults } from './metric.js';

/** Values of the samples of a batch, [batch, ...]. */
export type MetricFunction = (yTrue: Output, yPred: Output) => Output;

/** The mean of a function of a user's own. */
export class MeanMetricWrapper extends MeanMetric {
  static override readonly className: string = 'MeanMetricWrapper';
  static override readonly defaults = metricDefaults('mean_metric_wrapper');

  readonly #compute: MetricFunction;

  constructor(compute: MetricFunction, { name = compute.name || 'metric' }: { name?: string } = {}) {
    super({ name });
    this.#compute = compute;
  }

  protected override values(yTrue: Output, yPred: Output): Output {
    return this.#compute(yTrue, yPred);
  }

  /** @throws ERR_ARGUMENT always: a file cannot hold a function */
  override getConfig(): Record<string, unknown> {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `The metric '${this.name}' is a plain function, which a file cannot hold; make it a class and metrics.register it.`,
    );
  }
}
