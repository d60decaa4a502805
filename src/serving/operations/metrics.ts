import { Counter, exponentialBuckets, Histogram, linearBuckets, Registry } from 'prom-client';
import type { Batch, RequestInfo, Target } from '../observer.js';
import { processMetrics } from './process-metrics.js';

const PREFIX = ':tensorflow:serving:';
/** TensorFlow Serving's: 10 µs to 20 minutes. */
const LATENCY = exponentialBuckets(10, 1.8, 33);
/** TensorFlow Serving's: 100 µs to a second. */
const QUEUING = exponentialBuckets(100, 1.2, 52);
const ROWS = exponentialBuckets(1, 2, 15);
const PADDING = [0, ...linearBuckets(1, 1, 7), ...exponentialBuckets(8, 2, 8)];
const TARGET = ['model_name', 'version', 'signature'] as const;

/**
 * What Prometheus is told: TensorFlow Serving's metrics, by its names and in its units, with version and signature as
 * further labels; and those of the process.
 *
 * Source: tensorflow_serving/servables/tensorflow/util.cc, batching/batching_session.cc,
 * tensorflow/core/kernels/batching_util/batch_resource_base.cc.
 */
export class Metrics {
  readonly registries: readonly Registry[];
  readonly #requests;
  readonly #latency;
  readonly #queuing;
  readonly #runtime;
  readonly #batch;
  readonly #padding;

  constructor() {
    const registry = new Registry();
    const histogram = <T extends string>(name: string, help: string, buckets: number[], labels: readonly T[] = []) =>
      new Histogram({ name: PREFIX + name, help, buckets, labelNames: [...TARGET, ...labels], registers: [registry] });
    this.registries = [registry, processMetrics()];
    this.#requests = new Counter({
      name: `${PREFIX}request_count`,
      help: 'The total number of requests.',
      labelNames: [...TARGET, 'API', 'entrypoint', 'status'],
      registers: [registry],
    });
    this.#latency = histogram('request_latency', 'Time from a request to its answer, in microseconds.', LATENCY, [
      'API',
      'entrypoint',
    ]);
    this.#queuing = histogram(
      'batching_session:queuing_latency',
      'Time inputs wait for their run, in microseconds.',
      QUEUING,
    );
    this.#runtime = histogram('runtime_latency', 'Time of a run, in microseconds.', LATENCY);
    this.#batch = histogram('batching:processed_batch_size', 'Rows of a run, without padding.', ROWS);
    this.#padding = histogram('batching:padding_size', 'Rows of padding of a run.', PADDING);
  }

  /** Times are in milliseconds. */
  request({ api, method }: RequestInfo, target: Target | undefined, status: string, time: number): void {
    const labels = { ...labelsOf(target), API: method, entrypoint: api };
    this.#requests.inc({ ...labels, status });
    this.#latency.observe(labels, time * 1000);
  }

  queue(target: Target, time: number): void {
    this.#queuing.observe(labelsOf(target), time * 1000);
  }

  batch(target: Target, { rows, padding }: Batch): void {
    const labels = labelsOf(target);
    this.#batch.observe(labels, rows);
    this.#padding.observe(labels, padding);
  }

  run(target: Target, time: number): void {
    this.#runtime.observe(labelsOf(target), time * 1000);
  }

  /** In Prometheus' text format. */
  async text(): Promise<string> {
    const texts = await Promise.all(this.registries.map((registry) => registry.metrics()));
    return texts.join('');
  }
}

/** Why empty ones: a request for a model nobody knows must not make new series by the name it chose. */
function labelsOf(target: Target | undefined) {
  const { model = '', version = '', signature = '' } = target ?? {};
  return { model_name: model, version: String(version), signature };
}
