import { constant } from '../../core/constant.js';
import type { DType } from '../../core/dtype.js';
import type { BodyInput } from '../../core/function-body.js';
import { type Operand, toOutput } from '../../core/operand.js';
import type { Output } from '../../core/output.js';
import { type Shape, shapeToNative } from '../../core/shape.js';
import * as raw from '../generated/index.js';

/** A list of tensors of one dtype, a `variant` of the graph, and what its elements are. */
export interface TensorList {
  readonly list: Output;
  readonly element: BodyInput;
}

/** An element's shape as the list ops take it. */
export function elementShape(shape: Shape): Output {
  const native = shapeToNative(shape);
  return native === null ? constant(-1, 'int32') : constant(Int32Array.from(native));
}

/** The slices of x along its first axis. */
export function listOf(x: Output): TensorList {
  const shape = x.shape?.slice(1) ?? null;
  return { list: raw.tensorListFromTensor(x, elementShape(shape)), element: { dtype: x.dtype, shape } };
}

/** A list of so many elements that are set later. */
export function emptyList({ dtype, shape }: BodyInput, length: Operand): Output {
  return raw.tensorListReserve(elementShape(shape), toOutput(length, 'int32'), { elementDtype: dtype });
}

export function getItem({ list, element }: TensorList, index: Output): Output {
  return raw.tensorListGetItem(list, index, elementShape(element.shape), { elementDtype: element.dtype as DType });
}

/** The elements along a new first axis. */
export function stackList({ list, element }: TensorList, numElements?: number | null): Output {
  return raw.tensorListStack(list, elementShape(element.shape), {
    elementDtype: element.dtype,
    numElements: numElements ?? -1,
  });
}
