import { concatRows, Tensor, toTensor } from '../core/tensor.js';
import { explained } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { checkCounts } from './check-counts.js';
import { type Input, isArray, isSource, toSource } from './data-adapter.js';
import { runStep } from './run-steps.js';
import type { Step, Trainer } from './trainer.js';

export interface PredictOptions {
  /** Samples of one run, for arrays. Default 32. */
  batchSize?: number;
  /** Batches to take of a data source. Default: one pass. */
  steps?: number;
  verbose?: 0 | 1 | 2;
}

/** Runs the network on one batch. */
export type PredictBatch = (x: Tensor) => Promise<Tensor>;

/** Predictions for arrays or a data source; see `Model.predict`. */
export async function predict(
  trainer: Trainer,
  batch: PredictBatch,
  x: Input,
  options: PredictOptions,
): Promise<Tensor> {
  checkOptions('predict', options, ['batchSize', 'steps', 'verbose']);
  checkCounts('predict', options, ['batchSize', 'steps']);
  if (isArray(x)) return predictArrays(batch, toTensor(x), options.batchSize ?? 32);
  return predictSource(trainer, x, options);
}

async function predictArrays(batch: PredictBatch, x: Tensor, batchSize: number): Promise<Tensor> {
  const count = x.shape[0];
  if (!count) throw new TensorFlowError('ERR_DATA_EMPTY', 'predict: x has no samples.');
  if (count <= batchSize) return batch(x);
  const parts: Tensor[] = [];
  for (let begin = 0; begin < count; begin += batchSize) {
    using rows = x.rows(begin, Math.min(begin + batchSize, count));
    parts.push(await batch(rows));
  }
  return joined(parts);
}

async function predictSource(trainer: Trainer, x: Input, { steps }: PredictOptions): Promise<Tensor> {
  const source = isSource(x) ? x : await toSource('predict', x, undefined, { batchSize: 32, shuffle: false });
  const step = await trainer.step('predict', source);
  const parts: Tensor[] = [];
  const limit = steps ?? source.batchesPerPass ?? Number.POSITIVE_INFINITY;
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
  return joined(parts);
}

/** Runs until the pass ends or `limit` batches are there. */
async function drain({ source, run }: Step, limit: number, parts: Tensor[]): Promise<void> {
  try {
    while (parts.length < limit) {
      const feeds = source.feed ? await source.feed() : [];
      const outputs = feeds && (await runStep(run, feeds));
      if (!outputs) return;
      parts.push(...outputs.map((native) => new Tensor(native)));
    }
  } catch (failure) {
    throw await explained(source, failure);
  }
}

function joined(parts: readonly Tensor[]): Tensor {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = concatRows(parts);
  for (const part of parts) part.dispose();
  return whole;
}
