import { setImmediate } from 'node:timers/promises';
import type { ProgramFunction } from '../core/function.js';
import { jitCompiled } from '../core/jit.js';
import type { Output } from '../core/output.js';
import type { Profile, ProfileOptions } from '../core/profile.js';
import type { Program } from '../core/program.js';
import { isOutput, listOf, mapSeveral, type Several } from '../core/several.js';
import type { Shape } from '../core/shape.js';
import type { TensorSpec } from '../core/spec.js';
import type { BatchLayout, BuiltSource, DataSource } from '../data/source.js';
import type { NativeCallable } from '../native/binding.js';
import { batchSpecs, layoutOf, partsOf } from './batch-layout.js';
import type { Logs } from './callbacks/callback.js';
import { Scores } from './scores.js';
import type { Batch, HostParts, Trainable } from './trainable.js';

type StepKind = 'train' | 'test' | 'predict';

/** One kind of step over one source, ready to run. */
export interface Step {
  source: BuiltSource;
  run: NativeCallable;
  /** Places of what a prediction gives among the outputs of a run. */
  outputs: Several<number>;
}

type BatchStep = ProgramFunction<Record<string, TensorSpec<Shape>>, Record<string, never>>;

/** The parts of a batch as inputs of a function. */
export function feedsOf<T>(parts: readonly T[]): Record<string, T> {
  return Object.fromEntries(parts.map((part, i) => [`batch_${i}`, part]));
}

/** Profiles a step of training, then sets all state of the program back. */
export async function profileTraining(
  program: Program,
  trainer: Trainer,
  parts: HostParts,
  options: ProfileOptions,
): Promise<Profile> {
  const step = trainer.batchStep('train', parts);
  await program.initialize();
  const before = await program.values(program.variables);
  try {
    return await program.profile(step, feedsOf(parts.tensors), options);
  } finally {
    await program.assign(
      program.variables.flatMap((variable, i) => (before[i] ? [[variable, before[i]] as const] : [])),
    );
  }
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
  readonly #steps = new WeakMap<BuiltSource, Map<string, Step>>();
  readonly #onBatch = new Map<string, BatchStep>();
  #scores: Scores | undefined;

  constructor(model: Trainable) {
    this.#model = model;
  }

  /** What the model's steps report. */
  get scores(): Scores {
    this.#scores ??= new Scores(this.#model.program);
    return this.#scores;
  }

  /** The step over a source, its variables initialised. */
  async step(kind: StepKind, source: DataSource): Promise<Step> {
    const layout = layoutOf(source);
    this.#model.accept('the data', partsOf(layout, batchSpecs(source)).x);
    const sources = kind === 'train' ? this.#training : this.#testing;
    const built = sources.of(source, this.#model.program);
    const known = this.#steps.get(built) ?? new Map<string, Step>();
    this.#steps.set(built, known);
    const key = `${kind} ${JSON.stringify(layout)}`;
    let step = known.get(key);
    if (!step) {
      step = this.#trace(kind, built, layout);
      known.set(key, step);
      // Why: tracing takes tens of milliseconds; whatever else waits has its turn before the next.
      await setImmediate();
    }
    built.bind?.(source);
    await this.#model.program.initialize();
    return step;
  }

  /** Steps of one call as far as callbacks of single steps see it. */
  get stepsPerExecution(): number {
    return this.#model.compiled.stepsPerExecution;
  }

  /** Goes past batches of a source that stands at the start of a pass. */
  async skip(source: BuiltSource, batches: number): Promise<void> {
    if (source.feed) {
      for (let i = 0; i < batches; i++) for (const part of (await source.feed()) ?? []) part.dispose();
      return;
    }
    const { effects } = this.#model.program.trace('skip', {}, () => {
      source.next();
      return {};
    });
    await this.#model.program.callable([], [], effects).runMany([], batches).done;
  }

  /** What the steps of a kind report so far. */
  results(kind: StepKind): Promise<Logs> {
    return this.scores.results(kind);
  }

  resetScores(kind: StepKind): Promise<void> {
    return this.scores.reset(kind);
  }

  /** One step on one batch of host tensors; gives its own loss and metrics. */
  async onBatch(kind: 'train' | 'test', parts: HostParts): Promise<Logs> {
    const step = this.batchStep(kind, parts);
    await this.resetScores(kind);
    await step(feedsOf(parts.tensors));
    return this.results(kind);
  }

  /** The function of one step on batches of this kind; {@link feedsOf} are its inputs. */
  batchStep(kind: 'train' | 'test', { tensors, layout }: HostParts): BatchStep {
    const specs = tensors.map(({ dtype, shape }) => ({ dtype, shape: [null, ...shape.slice(1)] }));
    this.#model.accept('the data', partsOf(layout, specs).x);
    const key = `${kind} ${JSON.stringify([layout, specs])}`;
    let step = this.#onBatch.get(key);
    if (!step) {
      step = this.#model.program.trace(`${kind}_on_batch`, feedsOf(specs), (values) => {
        this.#body(kind, partsOf(layout, Object.values(values)));
        return {};
      });
      this.#onBatch.set(key, step);
    }
    return step;
  }

  #trace(kind: StepKind, source: BuiltSource, layout: BatchLayout): Step {
    const { program } = this.#model;
    let feeds: Output[] = [];
    let result: Several<Output> = [];
    const traced = program.trace(`${kind}_function`, {}, () => {
      const parts = source.next();
      if (source.feed) feeds = parts;
      result = this.#body(kind, partsOf(layout, parts));
      return { prediction: listOf(result, isOutput) };
    });
    const fetches = (traced.outputs as { prediction: Output[] }).prediction;
    let place = 0;
    return {
      source,
      run: program.callable(feeds, fetches, traced.effects),
      outputs: mapSeveral(result, isOutput, () => place++),
    };
  }

  /** What the step gives; reports are kept in the program. */
  #body(kind: StepKind, batch: Batch): Several<Output> {
    const model = this.#model;
    if (kind === 'predict') return model.forward(batch.x, false);
    if (!model.compiled.jitCompile) return this.#reported(kind, batch);
    return jitCompiled(`${kind}_step`, () => this.#reported(kind, batch));
  }

  #reported(kind: 'train' | 'test', batch: Batch): [] {
    const model = this.#model;
    const results = kind === 'train' ? model.trainStep(batch) : model.testStep(batch);
    this.scores.track(kind, results, batch.x);
    return [];
  }
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
