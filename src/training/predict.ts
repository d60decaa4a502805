import { likeThat, listOf, type Several } from '../core/several.js';
import { concatRows, Tensor } from '../core/tensor.js';
import { type DataSource, explained } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { isPlace, partsOf } from './batch-layout.js';
import type { Callback, CallbackModel } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { checkCounts, stepsOf } from './check-counts.js';
import { checkRunOptions } from './check-run-options.js';
import { arrays, type Input, isArrays, type Names, toSource } from './data-adapter.js';
import { runStep } from './run-steps.js';
import type { HostParts } from './trainable.js';
import type { Step, Trainer } from './trainer.js';

export interface PredictOptions {
  /** Samples of one run, for arrays. Default 32. */
  batchSize?: number;
  /** Batches to take of a data source. Default: one pass. */
  steps?: number;
  /** Told by their hooks `onPredictBegin` and the like. */
  callbacks?: readonly Callback[];
  verbose?: 0 | 1 | 2;
}

/** What a model gives: a tensor, or for several outputs a list or a record by name. */
export type Prediction = Several<Tensor>;
/** Runs the network on one batch. */
export type PredictBatch = (x: Several<Tensor>) => Promise<Prediction>;

/** Whom single batches are told to. */
interface Told {
  readonly before: (step: number) => Promise<void>;
  /** Gives whether to stop. */
  readonly after: (step: number, outputs: Prediction) => Promise<boolean>;
}

/** Predictions for arrays or a data source; see `Model.predict`. */
export async function predict(
  model: CallbackModel & Names,
  trainer: Trainer,
  batch: PredictBatch,
  x: Input,
  options: PredictOptions,
): Promise<Prediction> {
  checkOptions('predict', options, ['batchSize', 'steps', 'callbacks', 'verbose']);
  checkCounts('predict', options, ['batchSize', 'steps']);
  checkRunOptions('predict', options);
  if (isArrays(x)) {
    const parts = arrays('predict', model, x, undefined);
    const { batchSize = 32 } = options;
    const steps = Math.ceil((parts.tensors[0]?.shape[0] ?? 0) / batchSize);
    return tellingOf(model, steps, options, (told) => predictArrays(batch, parts, batchSize, told));
  }
  const source = await toSource('predict', model, x, undefined, { batchSize: 32, shuffle: false });
  const steps = stepsOf('predict', 'steps', options.steps, source);
  return tellingOf(model, steps, options, (told) => predictSource(trainer, source, options.steps, told));
}

/** Tells the callbacks of the prediction. */
async function tellingOf(
  model: CallbackModel,
  steps: number | null,
  { callbacks = [], verbose = 0 }: PredictOptions,
  run: (told: Told) => Promise<Prediction>,
): Promise<Prediction> {
  const list = new CallbackList(callbacks, model, { epochs: 1, steps, verbose });
  model.stopPredicting = false;
  await list.call('onPredictBegin', {});
  const prediction = await run({
    before: (step) => list.call('onPredictBatchBegin', step, {}),
    after: async (step, outputs) => {
      await list.call('onPredictBatchEnd', step, { outputs });
      return model.stopPredicting;
    },
  });
  await list.call('onPredictEnd', {});
  return prediction;
}

async function predictArrays(
  batch: PredictBatch,
  { tensors, layout }: HostParts,
  batchSize: number,
  told: Told,
): Promise<Prediction> {
  const count = tensors[0]?.shape[0] ?? 0;
  const parts: Prediction[] = [];
  for (let begin = 0; begin === 0 || begin < count; begin += batchSize) {
    const rows = count <= batchSize ? tensors : tensors.map((t) => t.rows(begin, Math.min(begin + batchSize, count)));
    await told.before(parts.length);
    const outputs = await batch(partsOf(layout, rows).x);
    if (rows !== tensors) for (const part of rows) part.dispose();
    if (await told.after(parts.push(outputs) - 1, outputs)) break;
  }
  const [first = []] = parts;
  return likeThat(first, isTensor, joined(parts.map((part) => listOf(part, isTensor))));
}

async function predictSource(
  trainer: Trainer,
  source: DataSource,
  steps: number | undefined,
  told: Told,
): Promise<Prediction> {
  const step = await trainer.step('predict', source);
  const parts: Tensor[][] = [];
  const limit = stepsOf('predict', 'steps', steps, source) ?? Number.POSITIVE_INFINITY;
  let stopped = false;
  try {
    for (let pass = 0; parts.length < limit && !stopped; pass++) {
      await step.source.start(pass);
      const before = parts.length;
      stopped = await drain(step, limit, parts, told);
      if (parts.length === before || steps === undefined) break;
    }
  } finally {
    await step.source.finish();
  }
  if (parts.length === 0)
    throw new TensorFlowError('ERR_DATA_EMPTY', 'predict: the data source ended without a single batch.');
  return likeThat(step.outputs, isPlace, joined(parts));
}

/** Runs until the pass ends, `limit` batches are there, or a callback stops it; gives whether that is so. */
async function drain(
  { source, run, outputs: places }: Step,
  limit: number,
  parts: Tensor[][],
  told: Told,
): Promise<boolean> {
  try {
    while (parts.length < limit) {
      const feeds = source.feed ? await source.feed() : [];
      if (!feeds) return false;
      await told.before(parts.length);
      const natives = await runStep(run, feeds);
      if (!natives) return false;
      const outputs = natives.map((native) => new Tensor(native));
      parts.push(outputs);
      if (await told.after(parts.length - 1, likeThat(places, isPlace, outputs))) return true;
    }
    return false;
  } catch (failure) {
    throw await explained(source, failure);
  }
}

/** Batches of outputs, each output in one tensor. */
function joined(batches: readonly (readonly Tensor[])[]): Tensor[] {
  const [first = []] = batches;
  if (batches.length === 1) return [...first];
  return first.map((_, i) => {
    const parts = batches.flatMap((batch) => batch[i] ?? []);
    const whole = concatRows(parts);
    for (const part of parts) part.dispose();
    return whole;
  });
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
