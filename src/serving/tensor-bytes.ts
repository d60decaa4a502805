import { type DType, dtypeBytes, dtypeNumber } from '../core/dtype.js';
import { formatShape, sizeOf } from '../core/shape.js';
import { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { loadAddon } from '../native/library.js';
import { invalid } from './invalid.js';

/** Of an empty string, in the library. */
const STRING_BYTES = 24;
/** Why: the library's tensors have no more axes. */
const MAX_RANK = 254;

/**
 * Dimensions that a stranger gave, once it is sure that a tensor of them may be made.
 *
 * Why zeros count as ones: the library multiplies the dimensions too, and ends the process where the product overflows.
 *
 * @param limit most bytes of a tensor
 * @throws TF_INVALID_ARGUMENT for what is no shape; TF_RESOURCE_EXHAUSTED for a tensor beyond the limit
 */
export function checkedShape(dims: readonly (bigint | number)[], dtype: DType, limit: number): number[] {
  if (dims.length > MAX_RANK) throw invalid(`A tensor has at most ${MAX_RANK} dimensions, got ${dims.length}`);
  const shape = dims.map(Number);
  const wrong = shape.find((dim) => !Number.isSafeInteger(dim) || dim < 0);
  if (wrong !== undefined) throw invalid(`A dimension is a whole number from 0 up, got ${wrong}`);
  const bytes = sizeOf(shape.map((dim) => dim || 1)) * (dtypeBytes(dtype) || STRING_BYTES);
  if (bytes <= limit) return shape;
  throw new TensorFlowError(
    'TF_RESOURCE_EXHAUSTED',
    `A tensor has at most ${limit} bytes here, got ${dtype} ${formatShape(shape)}`,
  );
}

/**
 * A tensor of its elements' bytes, in row-major order, little-endian.
 *
 * @throws TF_INVALID_ARGUMENT for more or fewer bytes than the shape holds
 */
export function tensorOfBytes(dtype: DType, shape: readonly number[], bytes: Uint8Array): Tensor {
  const expected = sizeOf(shape) * dtypeBytes(dtype);
  if (bytes.byteLength !== expected) {
    throw invalid(`${dtype} ${formatShape(shape)} takes ${expected} bytes, got ${bytes.byteLength}`);
  }
  return new Tensor(loadAddon().tensor(dtypeNumber(dtype), shape, dtype === 'bool' ? truths(bytes) : bytes));
}

/** Why: a bool of the library is 0 or 1. */
function truths(bytes: Uint8Array): Uint8Array {
  return bytes.some((byte) => byte > 1) ? bytes.map((byte) => Math.min(byte, 1)) : bytes;
}
