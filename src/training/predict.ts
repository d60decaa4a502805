import { likeThat, listOf, type Several } from '../core/several.js';
import { concatRows, Tensor } from '../core/tensor.js';
import { type DataSource, explained } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { isPlace, partsOf } from './batch-layout.js';
import { checkCounts, stepsOf } from './check-counts.js';
import { arrays, type Input, isArrays, type Names, toSource } from './data-adapter.js';
import { runStep } from './run-steps.js';
import type { HostParts } from './trainable.js';
import type { Step, Trainer } from './trainer.js';

export interface PredictOptions {
  /** Samples of one run, for arrays. Default 32. */
  batchSize?: number;
  /** Batches to take of a data source. Default: one pass. */
  steps?: number;
  verbose?: 0 | 1 | 2;
}

/** What a model gives: a tensor, or for several outputs a list or a record by name. */
export type Prediction = Several<Tensor>;
/** Runs the network on one batch. */
export type PredictBatch = (x: Several<Tensor>) => Promise<Prediction>;

/** Predictions for arrays or a data source; see `Model.predict`. */
export async function predict(
  names: Names,
  trainer: Trainer,
  batch: PredictBatch,
  x: Input,
  options: PredictOptions,
): Promise<Prediction> {
  checkOptions('predict', options, ['batchSize', 'steps', 'verbose']);
  checkCounts('predict', options, ['batchSize', 'steps']);
  if (isArrays(x)) return predictArrays(batch, arrays('predict', names, x, undefined), options.batchSize ?? 32);
  const source = await toSource('predict', names, x, undefined, { batchSize: 32, shuffle: false });
  return predictSource(trainer, source, options);
}

async function predictArrays(
  batch: PredictBatch,
  { tensors, layout }: HostParts,
  batchSize: number,
): Promise<Prediction> {
  const count = tensors[0]?.shape[0] ?? 0;
  if (count <= batchSize) return batch(partsOf(layout, tensors).x);
  const parts: Prediction[] = [];
  for (let begin = 0; begin < count; begin += batchSize) {
    const rows = tensors.map((tensor) => tensor.rows(begin, Math.min(begin + batchSize, count)));
    parts.push(await batch(partsOf(layout, rows).x));
    for (const part of rows) part.dispose();
  }
  const [first = []] = parts;
  return likeThat(first, isTensor, joined(parts.map((part) => listOf(part, isTensor))));
}

async function predictSource(trainer: Trainer, source: DataSource, { steps }: PredictOptions): Promise<Prediction> {
  const step = await trainer.step('predict', source);
  const parts: Tensor[][] = [];
  const limit = stepsOf('predict', 'steps', steps, source) ?? Number.POSITIVE_INFINITY;
  try {
    for (let pass = 0; parts.length < limit; pass++) {
      await step.source.start(pass);
      const before = parts.length;
      await drain(step, limit, parts);
      if (parts.length === before || steps === undefined) break;
    }
  } finally {
    await step.source.finish();
  }
  if (parts.length === 0)
    throw new TensorFlowError('ERR_DATA_EMPTY', 'predict: the data source ended without a single batch.');
  return likeThat(step.outputs, isPlace, joined(parts));
}

/** Runs until the pass ends or `limit` batches are there. */
async function drain({ source, run }: Step, limit: number, parts: Tensor[][]): Promise<void> {
  try {
    while (parts.length < limit) {
      const feeds = source.feed ? await source.feed() : [];
      const outputs = feeds && (await runStep(run, feeds));
      if (!outputs) return;
      parts.push(outputs.map((native) => new Tensor(native)));
    }
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
