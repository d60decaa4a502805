import { isTypedArray, Tensor } from '../core/tensor.js';
import { isRecord, type Values } from './parts.js';
import type { Trainable } from './trainable.js';

/** The arguments of `fit` and `evaluate` after x: options come last; without labels they come second. */
export function labelsAndOptions<O extends object>(
  { outputNames }: Pick<Trainable, 'outputNames'>,
  second: Values | O | undefined,
  options: O | undefined,
): [Values | undefined, O] {
  const isData = options !== undefined || second instanceof Tensor || Array.isArray(second) || isTypedArray(second);
  const byName = isRecord(second) && Object.keys(second).some((key) => outputNames?.includes(key));
  return isData || byName ? [second as Values, options ?? ({} as O)] : [undefined, (second ?? {}) as O];
}
