import { settings } from '../core/config.js';
import { TensorFlowError } from '../errors/errors.js';

export interface BatchOptions {
  /** Rows per batch; the last one of a pass may be shorter. @default 32 */
  batchSize?: number | undefined;
  /** Whether each pass has an order of its own. @default true */
  shuffle?: boolean | undefined;
  /** Makes the order, and what else is random, repeatable. @default that of `tf.config`, else drawn */
  seed?: number | undefined;
}

/** The options, checked, with their defaults. */
export function batchOptions({ batchSize = 32, shuffle = true, seed }: BatchOptions) {
  checkWhole('batchSize', batchSize, 1);
  return { batchSize, shuffle, seed: chosenSeed(seed) };
}

/** The seed itself, if it is one; without one that of `tf.config`, else a drawn one. */
export function chosenSeed(seed: number | undefined = settings().seed): number {
  const chosen = seed ?? Math.floor(Math.random() * 2 ** 31);
  checkWhole('seed', chosen, 0);
  return chosen;
}

/** @param option as errors name it */
export function checkWhole(option: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new TensorFlowError('ERR_ARGUMENT', `${option} must be a whole number from ${least} on, got ${value}.`);
}
