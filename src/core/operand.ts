import { constant } from './constant.js';
import type { DType } from './dtype.js';
import { Output } from './output.js';
import type { Tensor, TensorLike } from './tensor.js';
import { Variable } from './variable.js';

/** Whatever an op takes: an output, a variable (read on the spot), or a value that becomes a constant of the graph. */
export type Operand = Output | Variable | Tensor | TensorLike;

/** The operand as an output of the current graph; values become constants of `dtype` (default: as `tensor` infers). */
export function toOutput(value: Operand, dtype?: DType): Output {
  if (value instanceof Output) return value;
  if (value instanceof Variable) return value.read();
  return constant(value, dtype);
}
