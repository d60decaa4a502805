import { TensorFlowError } from '../../errors/errors.js';

/** Where probabilities are cut into positive and negative: one, several, or `null` for the default. */
export type Thresholds = number | readonly number[] | null;

/** Below every prediction that counts: the threshold where only the rank of a prediction matters. */
export const LOWEST = -1e10;

/** @throws ERR_ARGUMENT for a value outside 0 … 1 */
export function checkFraction(where: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new TensorFlowError('ERR_ARGUMENT', `${where} must be from 0 to 1, got ${value}.`);
}

/** The thresholds given, checked, or the default. */
export function thresholdsOf(where: string, given: Thresholds, fallback: number): number[] {
  if (given === null) return [fallback];
  const list = typeof given === 'number' ? [given] : [...given];
  if (list.length === 0) throw new TensorFlowError('ERR_ARGUMENT', `${where} is empty; give at least one number.`);
  return list.map((value) => checkFraction(where, value));
}

/** So many numbers from 0 to 1 at equal distances; a single one is in the middle. */
export function spacedThresholds(where: string, count: number, least: number): number[] {
  if (!Number.isInteger(count) || count < least) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where} must be a whole number from ${least} up, got ${count}.`);
  }
  return count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1));
}

/** Whether thresholds go from 0 to 1 at equal distances, up to rounding. */
export function areSpaced(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last >= 2 && thresholds.every((value, i) => Math.abs(value - i / last) <= 1e-7 + (1e-5 * i) / last);
}
