import { setImmediate } from 'node:timers/promises';
import type { Output } from '../core/output.js';
import type { Program, ProgramFunction } from '../core/program.js';
import type { Tensor } from '../core/tensor.js';
import type { BuiltSource, DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import type { NativeCallable } from '../native/binding.js';
import type { Logs } from './callbacks/callback.js';
import {
  type Batch,
  batchOf,
  checkNumbers,
  modelInput,
  Scores,
  type ScoresFactory,
  scoreFunctions,
  testStep,
  trainStep,
} from './steps.js';
import type { Trainable } from './trainable.js';

type StepKind = 'train' | 'test' | 'predict';

/** One kind of step over one source, ready to run. */
export interface Step {
  source: BuiltSource;
  run: NativeCallable;
}

/**
 * The compiled steps of a model: one function of its program per kind of step and source of batches, traced once.
 * Made anew by `compile`.
 */
export class Trainer {
  readonly #model: Trainable;
  readonly #training = new BuiltSources();
  // Why apart: validation comes between two epochs and must not move the pass of the training data.
  readonly #testing = new BuiltSources();
  readonly #steps = new WeakMap<BuiltSource, Map<StepKind, Step>>();
  readonly #onBatch = new Map<string, (batch: readonly Tensor[]) => Promise<void>>();
  #scores: { all: Scores; read: ReturnType<typeof scoreFunctions> } | undefined;

  constructor(model: Trainable) {
    this.#model = model;
  }

  /** The step over a source, its variables initialised. */
  async step(kind: StepKind, source: DataSource): Promise<Step> {
    const sources = kind === 'train' ? this.#training : this.#testing;
    const built = sources.of(source, this.#model.program);
    const known = this.#steps.get(built) ?? new Map<StepKind, Step>();
    this.#steps.set(built, known);
    let step = known.get(kind);
    if (!step) {
      step = { source: built, run: this.#trace(kind, built) };
      known.set(kind, step);
      // Why: tracing takes tens of milliseconds; whatever else waits has its turn before the next.
      await setImmediate();
    }
    built.bind?.(source);
    await this.#model.program.initialize();
    return step;
  }

  /** Loss and metrics so far, in the order of Keras' logs: metrics first, then the loss. */
  async results(): Promise<Logs> {
    const read = this.#scores?.read;
    if (!read) return {};
    const values = (await read.results({})) as Record<string, Tensor>;
    const logs = Object.entries(values).map(([name, value]) => [name, Number(value.dataSync()[0])] as const);
    for (const value of Object.values(values)) value.dispose();
    return Object.fromEntries([
      ...logs.filter(([name]) => name !== 'loss'),
      ...logs.filter(([name]) => name === 'loss'),
    ]);
  }

  /** One step on one batch of host tensors; gives its own loss and metrics. */
  async onBatch(kind: 'train' | 'test', batch: readonly Tensor[]): Promise<Logs> {
    const specs = batch.map(({ dtype, shape }) => ({ dtype, shape: [null, ...shape.slice(1)] }));
    const key = `${kind} ${JSON.stringify(specs)}`;
    let run = this.#onBatch.get(key);
    if (!run) {
      const inputs = Object.fromEntries(specs.map((s, i) => [`batch_${i}`, s]));
      const traced = this.#model.program.trace(`${kind}_on_batch`, inputs, (values) => {
        this.#body(kind, batchOf(Object.values(values)));
        return {};
      });
      run = async (tensors) => {
        await traced(Object.fromEntries(tensors.map((t, i) => [`batch_${i}`, t])));
      };
      this.#onBatch.set(key, run);
    }
    await this.resetScores();
    await run(batch);
    return this.results();
  }

  async resetScores(): Promise<void> {
    await this.#scores?.read.reset({});
  }

  #trace(kind: StepKind, source: BuiltSource): NativeCallable {
    const { program } = this.#model;
    let feeds: Output[] = [];
    const traced: ProgramFunction = program.trace(`${kind}_function`, {}, () => {
      const parts = source.next();
      if (source.feed) feeds = parts;
      const result = this.#body(kind, batchOf(parts));
      return result ? { prediction: result } : {};
    });
    return program.callable(feeds, Object.values(traced.outputs as Record<string, Output>), traced.effects);
  }

  #body(kind: StepKind, batch: Batch): Output | undefined {
    if (kind === 'predict') return this.#model.forward(modelInput(batch.x), false);
    const labelled = { ...batch, y: labelsOf(this.#model, batch) };
    (kind === 'train' ? trainStep : testStep)(this.#model, labelled, this.#scoresFor);
    return undefined;
  }

  /** The model's scores; made by the first step that is traced. */
  readonly #scoresFor: ScoresFactory = (prediction, label) => {
    if (!this.#scores) {
      const all = new Scores(this.#model, prediction, label);
      this.#scores = { all, read: scoreFunctions(this.#model.program, all) };
    }
    return this.#scores.all;
  };
}

/** Sources in a program's graph, each built once; sources of one key share theirs. */
class BuiltSources {
  readonly #own = new WeakMap<DataSource, BuiltSource>();
  readonly #shared = new Map<string, BuiltSource>();

  of(source: DataSource, program: Program): BuiltSource {
    const { graphKey } = source;
    const known = graphKey === undefined ? this.#own.get(source) : this.#shared.get(graphKey);
    const built = known ?? source.build(program);
    if (graphKey === undefined) this.#own.set(source, built);
    else this.#shared.set(graphKey, built);
    return built;
  }
}

/** Labels of a batch, or an error saying that the source has none. */
function labelsOf(model: Trainable, { y }: Batch): Output {
  if (y) return checkNumbers('the labels', y);
  throw new TensorFlowError(
    'ERR_LABELS',
    `Model '${model.name}': training and evaluation need labels, but the data has only x.`,
  );
}
