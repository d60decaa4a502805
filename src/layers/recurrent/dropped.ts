import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { keep } from '../regularization/keep-mask.js';

/** Factors that drop a share of a value and scale up the rest; drawn once, they are the same in all steps. */
export function droppers(count: number, shape: Output, rate: number, dtype: DType): Output[] {
  if (rate === 0) return [];
  return Array.from({ length: count }, () => ops.mul(ops.cast(keep(shape, rate), dtype), 1 / (1 - rate)));
}

/** @throws ERR_ARGUMENT for what is no share below 1 */
export function parseShare(where: string, rate = 0): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new TensorFlowError('ERR_ARGUMENT', `${where} must be in [0, 1), got ${rate}.`);
}
