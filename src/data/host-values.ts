import { newArray } from '../core/dtype.js';
import type { TensorSpec } from '../core/spec.js';
import { type Tensor, tensor } from '../core/tensor.js';

/** int64 []. */
export function scalar64(value: number): Tensor {
  return tensor(BigInt(value), []);
}

/** No rows of this kind: every open dimension is 0. */
export function emptyTensor({ dtype, shape }: TensorSpec): Tensor {
  const dimensions = shape.map((size) => size ?? 0);
  return tensor(dtype === 'string' ? [] : newArray(dtype, 0), dimensions, dtype);
}
