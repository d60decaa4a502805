import { type DType, dtypeNumber, parseDType } from './dtype.js';
import type { Output } from './output.js';
import { currentScope } from './scope.js';
import { formatShape, type PartialShape, type Shape, shapeToNative, wholeShape } from './shape.js';

/** dtype and shape of an input; `null` dimensions are open, a `null` shape (where `S` allows it) has any rank. */
export interface TensorSpec<S extends Shape = PartialShape> {
  readonly dtype: DType;
  readonly shape: S;
}

/**
 * Describes an input of a function.
 *
 * @throws ERR_UNKNOWN_NAME for a dtype nobody knows; ERR_SHAPE
 * @example
 * spec('float32', [null, 784])   // any number of rows
 * spec('float32', null)          // any shape
 */
export function spec(dtype: DType, shape: PartialShape): TensorSpec;
export function spec(dtype: DType, shape: Shape): TensorSpec<Shape>;
export function spec(dtype: DType, shape: Shape): TensorSpec<Shape> {
  const known = shape === null ? null : wholeShape(`spec('${dtype}')`, shape, true);
  return { dtype: parseDType(dtype), shape: known };
}

export function isSpec(value: unknown): value is TensorSpec<Shape> {
  if (value === null || typeof value !== 'object') return false;
  const { dtype, shape } = value as { dtype?: unknown; shape?: unknown };
  return typeof dtype === 'string' && (shape === null || Array.isArray(shape));
}

/** As errors name it: `float32 [null, 784]`. */
export function formatSpec({ dtype, shape }: TensorSpec<Shape>): string {
  return `${dtype} ${formatShape(shape)}`;
}

/** A node whose value comes with the run. */
export function placeholder(name: string, { dtype, shape }: TensorSpec<Shape>): Output {
  return currentScope()
    .add({
      type: 'Placeholder',
      name,
      attrs: [
        ['dtype', 'type', dtypeNumber(dtype)],
        ['shape', 'shape', shapeToNative(shape)],
      ],
    })
    .output();
}
