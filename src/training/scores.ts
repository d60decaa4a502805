import type { ProgramFunction } from '../core/function.js';
import { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { isOutput, listOf, type Several } from '../core/several.js';
import type { Tensor } from '../core/tensor.js';
import { type Metric, metrics } from '../nn/index.js';
import * as ops from '../ops/index.js';
import type { Logs } from './callbacks/callback.js';
import type { MetricIdentifier } from './compiled.js';
import { loggedValues } from './logged-values.js';
import type { StepResults } from './trainable.js';

/** What of one kind of step is reported, and the functions that read and clear it. */
interface Report {
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly read: ProgramFunction;
  readonly reset: ProgramFunction;
}

/** What a model's steps report: state in the program, updated by every step and read a few times a second. */
export class Scores {
  readonly #program: Program;
  readonly #known = new Map<string, Metric>();
  readonly #reports = new Map<string, Report>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** The metric of that name, made when first asked for. */
  metric(name: string, identifier: MetricIdentifier, label: Output, prediction: Output): Metric {
    return this.#once(name, () => metrics.resolve(identifier, { label, prediction }), { label, prediction });
  }

  /** Inside the function of a step: counts in what the step reports. */
  track(kind: string, results: StepResults, x: Several<Output>): void {
    // Why: batches count by their length, so a short last batch weighs less, as in Keras.
    const [first] = listOf(x, isOutput);
    const length = first && ops.cast(ops.reshape(ops.slice(ops.shape(first), [0], [1]), []), 'float32');
    const reported = Object.entries(results).map(([name, result]) => {
      if (!(result instanceof Output)) return [name, this.#built(result)] as const;
      const mean = this.#once(`mean of ${name}`, () => new metrics.Mean({ name })) as metrics.Mean;
      mean.update(ops.cast(result, 'float32'), length);
      return [name, mean] as const;
    });
    this.#report(kind, new Map(reported));
  }

  /** What the steps of a kind came to so far, by name, in the order of Keras' logs. */
  async results(kind: string): Promise<Logs> {
    const report = this.#reports.get(kind);
    if (!report) return {};
    const values = Object.entries((await report.read({})) as Record<string, Tensor>);
    const logs = values
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, value]) => loggedValues(name, numbers(value)));
    for (const [, value] of values) value.dispose();
    return Object.fromEntries(logs);
  }

  async reset(kind: string): Promise<void> {
    await this.#reports.get(kind)?.reset({});
  }

  #report(kind: string, reported: ReadonlyMap<string, Metric>): void {
    const known = this.#reports.get(kind)?.metrics;
    if (known && [...reported].every(([name, metric]) => known.get(name) === metric)) return;
    const all = [...reported];
    this.#reports.set(kind, {
      metrics: reported,
      read: this.#program.trace('results', {}, () => Object.fromEntries(all.map(([name, m]) => [name, m.result()]))),
      reset: this.#program.trace('reset', {}, () => {
        for (const [, metric] of all) metric.reset();
        return {};
      }),
    });
  }

  #once(key: string, make: () => Metric, shapes?: { label: Output; prediction: Output }): Metric {
    const known = this.#known.get(key);
    if (known) return known;
    const metric = make();
    metric.build(this.#program, shapes && { label: shapes.label.shape, prediction: shapes.prediction.shape });
    this.#known.set(key, metric);
    return metric;
  }

  #built(metric: Metric): Metric {
    metric.build(this.#program);
    return metric;
  }
}

function numbers(value: Tensor): number[] {
  return Array.from(value.dataSync() as ArrayLike<number | bigint>, Number);
}
