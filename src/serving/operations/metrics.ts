import { Counter, exponentialBuckets, Histogram, linearBuckets, Registry } from 'prom-client';
import type { Batch, RequestInfo, Target } from '../observer.js';
import { processMetrics } from './process-metrics.js';

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
    const registers = [registry];
    this.registries = [registry, processMetrics()];
    this.#requests = new Counter({
      name: ':tensorflow:serving:request_count',
      help: 'The total number of requests.',
      labelNames: [...TARGET, 'API', 'entrypoint', 'status'],
      registers,
    });
    this.#latency = new Histogram({
      name: ':tensorflow:serving:request_latency',
      help: 'Time from a request to its answer, in microseconds.',
      labelNames: [...TARGET, 'API', 'entrypoint'],
      buckets: LATENCY,
      registers,
    });
    this.#queuing = new Histogram({
      name: ':tensorflow:serving:batching_session:queuing_latency',
      help: 'Time inputs wait for their run, in microseconds.',
      labelNames: TARGET,
      buckets: QUEUING,
      registers,
    });
    this.#runtime = new Histogram({
      name: ':tensorflow:serving:runtime_latency',
      help: 'Time of a run, in microseconds.',
      labelNames: TARGET,
      buckets: LATENCY,
      registers,
    });
    this.#batch = new Histogram({
      name: ':tensorflow:serving:batching:processed_batch_size',
      help: 'Rows of a run, without padding.',
      labelNames: TARGET,
      buckets: ROWS,
      registers,
    });
    this.#padding = new Histogram({
      name: ':tensorflow:serving:batching:padding_size',
      help: 'Rows of padding of a run.',
      labelNames: TARGET,
      buckets: PADDING,
      registers,
    });
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
