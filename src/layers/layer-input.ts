import { type DType, isFloating } from '../core/dtype.js';
import { maskOf, setMask } from '../core/mask.js';
import type { Output } from '../core/output.js';
import { isOutput, type Several } from '../core/several.js';
import * as ops from '../ops/index.js';
import type { LayerMask } from './call-options.js';
import { isSymbolic, type SymbolicTensor } from './symbolic.js';

/** What a layer is called on. */
export type LayerInput = Output | readonly Output[];

/** What a layer gives: nearly always one value. */
export type LayerOutput = Several<Output>;

export function isLayerInput(value: Several<SymbolicTensor> | LayerInput): value is LayerInput {
  return isOutput(value) || (Array.isArray(value) && value.length > 0 && value.every(isOutput));
}

export function isSymbolicInput(value: unknown): value is Several<SymbolicTensor> {
  if (isSymbolic(value)) return true;
  const inside = typeof value === 'object' && value !== null ? Object.values(value) : [];
  return inside.length > 0 && inside.every(isSymbolic);
}

/** The input with such masks. Why a copy: others that are called on it shall not see them. */
export function masked(input: LayerInput, mask: LayerMask): LayerInput {
  const masks = [mask].flat();
  return mapInput(input, (x, i) => {
    const same = ops.identity(x);
    setMask(same, masks[i] ?? null);
    return same;
  });
}

/** The input, its floating values in this dtype. */
export function inputAs(input: LayerInput, dtype: DType): LayerInput {
  return mapInput(input, (x) => floatAs(x, dtype));
}

/** A floating value in this dtype, with its mask. */
export function floatAs(x: Output, dtype: DType): Output {
  if (x.dtype === dtype || !isFloating(x.dtype)) return x;
  const y = ops.cast(x, dtype);
  setMask(y, maskOf(x) ?? null);
  return y;
}

function mapInput(input: LayerInput, change: (x: Output, i: number) => Output): LayerInput {
  return 'op' in input ? change(input, 0) : input.map(change);
}
