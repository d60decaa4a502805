import type { ProgramFunction } from '../../core/function.js';
import type { Output } from '../../core/output.js';
import type { TensorSpec } from '../../core/spec.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Optimizer } from '../../nn/index.js';
import type { CallbackModel } from './callback.js';

type Reader = ProgramFunction<Record<string, TensorSpec>, { rate: Output }>;

const readers = new WeakMap<Optimizer, Reader>();

/** The learning rate in force, be it a number or what a schedule says. */
export async function learningRateOf({ optimizer, program }: CallbackModel): Promise<number> {
  let read = readers.get(optimizer);
  if (!read) {
    read = program.trace('learning_rate', {}, () => ({ rate: optimizer.currentLearningRate() }));
    readers.set(optimizer, read);
  }
  const { rate } = await read({});
  const [value = Number.NaN] = rate.dataSync() as Float32Array;
  rate.dispose();
  return value;
}

/**
 * Sets the learning rate from the next step on.
 *
 * @throws ERR_ARGUMENT for anything but a number, or where a schedule says what it is
 */
export async function setLearningRate({ optimizer }: CallbackModel, where: string, rate: unknown): Promise<void> {
  if (typeof rate !== 'number' || !Number.isFinite(rate)) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: a learning rate is a number, got ${String(rate)}.`);
  }
  await optimizer.learningRate.assign(rate);
}
