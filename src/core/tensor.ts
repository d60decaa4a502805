import { TensorFlowError } from '../errors/errors.js';
import type { NativeTensor } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import {
  type DType,
  dtypeBytes,
  dtypeName,
  dtypeNumber,
  isBigInt,
  isComplex,
  isFloating,
  newArray,
  type TypedArray,
  viewOf,
} from './dtype.js';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.js';
import { formatShape, sizeOf } from './shape.js';

/** One element as JavaScript sees it. */
export type Scalar = number | bigint | boolean | string | Uint8Array;
/** Numbers, strings, or arrays of them to any depth; a row may be a typed array. */
export type NestedArray = Scalar | TypedArray | readonly NestedArray[];
/** What a tensor can be made from. */
export type TensorLike = NestedArray | TypedArray;

/** The array in which a dtype's elements arrive. */
export type DataOf<D extends DType> = D extends 'float64' | 'complex128'
  ? Float64Array
  : D extends 'int64'
    ? BigInt64Array
    : D extends 'uint64'
      ? BigUint64Array
      : D extends 'string'
        ? string[]
        : D extends 'float32' | 'float16' | 'bfloat16' | 'complex64'
          ? Float32Array
          : D extends 'int32' | 'qint32'
            ? Int32Array
            : D extends 'uint8' | 'bool' | 'quint8'
              ? Uint8Array
              : TypedArray | string[];

/**
 * A value in the library's memory. Made by {@link tensor}, by runs and by readers; never changes.
 *
 * `dispose()` frees it at once; forgetting to costs nothing but delay.
 *
 * @example
 * const t = tensor([[1, 2], [3, 4]]);   // float32 [2, 2]
 * t.array();                            // [[1, 2], [3, 4]]
 */
export class Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  /** @internal */
  readonly native: NativeTensor;

  /** @internal */
  constructor(native: NativeTensor) {
    this.native = native;
    this.dtype = dtypeName(native.dtype) as D;
    this.shape = native.shape;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  get rank(): number {
    return this.shape.length;
  }

  get disposed(): boolean {
    return this.native.disposed;
  }

  /** The elements in row-major order; half types as float32, complex numbers as pairs. */
  async data(): Promise<DataOf<D>> {
    return this.dataSync();
  }

  /** As {@link data}, at once. */
  dataSync(): DataOf<D> {
    return readElements(this) as DataOf<D>;
  }

  /** The raw bytes, shared with the library where the runtime allows it: do not write to them. */
  bytes(): Uint8Array {
    return new Uint8Array(this.native.buffer());
  }

  /** The elements as nested arrays, or a scalar for rank 0. */
  array(): NestedArray {
    const data = this.dataSync();
    const width = isComplex(this.dtype) ? 2 : 1;
    const scalar = (i: number): Scalar =>
      this.dtype === 'bool' ? data[i] === 1 : ((data as ArrayLike<Scalar>)[i] as Scalar);
    const nest = (axis: number, offset: number): NestedArray => {
      if (axis === this.rank) {
        return width === 1 ? scalar(offset) : [scalar(offset * 2), scalar(offset * 2 + 1)];
      }
      const stride = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] ?? 0 }, (_, i) => nest(axis + 1, offset + i * stride));
    };
    return nest(0, 0);
  }

  /** The same elements under another shape; one dimension may be -1. */
  reshape(shape: readonly number[]): Tensor<D> {
    const known = sizeOf(shape.filter((d) => d !== -1));
    const full = shape.map((d) => (d === -1 ? this.size / known : d));
    if (sizeOf(full) !== this.size || !full.every(Number.isInteger)) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `reshape: ${formatShape(this.shape)} has ${this.size} elements, which do not fit ${formatShape(shape)}.`,
      );
    }
    return new Tensor<D>(this.native.reshape(full));
  }

  /** A new axis of length 1, e.g. a batch of one: `[32, 32, 3]` → `[1, 32, 32, 3]`. */
  expandDims(axis = 0): Tensor<D> {
    const at = axis < 0 ? axis + this.rank + 1 : axis;
    return this.reshape([...this.shape.slice(0, at), 1, ...this.shape.slice(at)]);
  }

  /** A copy of the rows `begin` … `end` − 1 along the first axis. */
  rows(begin: number, end: number): Tensor<D> {
    const shape = [end - begin, ...this.shape.slice(1)];
    if (this.dtype === 'string')
      return new Tensor<D>(
        loadAddon().stringTensor(
          shape,
          this.native.strings().slice(begin * sizeOf(shape.slice(1)), end * sizeOf(shape.slice(1))),
        ),
      );
    const stride = sizeOf(shape.slice(1)) * dtypeBytes(this.dtype);
    return new Tensor<D>(
      loadAddon().tensor(this.native.dtype, shape, this.bytes().subarray(begin * stride, end * stride)),
    );
  }

  /** Without the axes of length 1. */
  squeeze(): Tensor<D> {
    return this.reshape(this.shape.filter((d) => d !== 1));
  }

  /** Frees the memory. Idempotent; reading afterwards throws ERR_DISPOSED. */
  dispose(): void {
    this.native.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `Tensor(${this.dtype} ${formatShape(this.shape)})`;
  }
}

const HALF_READERS: Partial<Record<DType, (bits: number) => number>> = {
  float16: fromFloat16,
  bfloat16: fromBfloat16,
};
const HALF_WRITERS: Partial<Record<DType, (value: number) => number>> = { float16: toFloat16, bfloat16: toBfloat16 };

function readElements(t: Tensor): TypedArray | string[] {
  if (t.disposed) {
    throw new TensorFlowError('ERR_DISPOSED', `The tensor ${t} was disposed; read it before dispose().`);
  }
  if (t.dtype === 'string') return t.native.strings().map((bytes) => Buffer.from(bytes).toString('utf8'));
  const view = viewOf(t.dtype, t.native.buffer());
  const half = HALF_READERS[t.dtype];
  return half ? Float32Array.from(view as Uint16Array, half) : view;
}

/**
 * A host tensor from numbers, strings, booleans, BigInts, nested arrays or a typed array. The data is copied.
 *
 * @param data nested arrays give the shape; a flat array takes `shape`
 * @param shape dimensions; default: those of `data`
 * @param dtype default: that of a typed array; `float32` for numbers, `int64` for BigInts, `bool`, `string`
 * @throws ERR_SHAPE for ragged arrays or a shape that does not fit; ERR_DTYPE for mixed elements
 * @example
 * tensor([1, 2, 3, 4], [2, 2], 'int32');
 */
export function tensor<D extends DType = DType>(data: TensorLike, shape?: readonly number[], dtype?: D): Tensor<D> {
  const flat: Scalar[] | TypedArray = isTypedArray(data) ? data : [];
  const found = isTypedArray(data)
    ? typedArrayShape(data, shape, dtype)
    : flattenInto(data, flat as Scalar[], dtype === 'string');
  const full = shape ?? found;
  const type = dtype ?? inferDType(data, flat);
  const length = flat.length / (isTypedArray(data) && isComplex(type) ? 2 : 1);
  if (sizeOf(full) !== length && !(isComplex(type) && flat.length === 2 * sizeOf(full))) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `tensor: ${length} elements were given, but shape ${formatShape(full)} holds ${sizeOf(full)}.`,
    );
  }
  return new Tensor<D>(pack(flat, full, type));
}

function typedArrayShape(data: TypedArray, shape: readonly number[] | undefined, dtype?: DType): readonly number[] {
  return shape ?? [data.length / (dtype && isComplex(dtype) ? 2 : 1)];
}

function pack(flat: ArrayLike<Scalar> | TypedArray, shape: readonly number[], dtype: DType): NativeTensor {
  const addon = loadAddon();
  if (dtype === 'string') return addon.stringTensor(shape, flat as unknown as (string | Uint8Array)[]);
  if (dtypeBytes(dtype) === 0) throw new TensorFlowError('ERR_DTYPE', `tensor: a ${dtype} cannot be made from data.`);
  return addon.tensor(dtypeNumber(dtype), shape, isOwnArray(flat, dtype) ? flat : convert(flat, dtype));
}

/** Whether the array already holds this dtype's elements; a Uint16Array is taken as the bits of a half type. */
function isOwnArray(flat: ArrayLike<Scalar> | TypedArray, dtype: DType): flat is TypedArray {
  return isTypedArray(flat) && flat.constructor === newArray(dtype, 0).constructor;
}

function convert(flat: ArrayLike<Scalar>, dtype: DType): TypedArray {
  const out = newArray(dtype, flat.length);
  const half = HALF_WRITERS[dtype];
  const big = isBigInt(dtype);
  const whole = !isFloating(dtype) && !isComplex(dtype);
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i] as Scalar;
    if (typeof value === 'string' || typeof value === 'object') {
      throw new TensorFlowError('ERR_DTYPE', `tensor: element ${i} is a ${typeof value}, expected ${dtype}.`);
    }
    if (whole && typeof value === 'number' && !Number.isInteger(value)) {
      throw new TensorFlowError(
        'ERR_DTYPE',
        `tensor: element ${i} is ${value}, which is no ${dtype}; round it, or ask for a float dtype.`,
      );
    }
    if (big) out[i] = BigInt(value);
    else out[i] = half ? half(Number(value)) : Number(value);
  }
  return out;
}

/** Appends the leaves of nested arrays to `out` and gives their shape. */
function flattenInto(value: NestedArray, out: Scalar[], bytesAreStrings: boolean): number[] {
  if (isTypedArray(value) && !bytesAreStrings) {
    for (const element of value) out.push(element);
    return [value.length];
  }
  if (!Array.isArray(value)) {
    out.push(value as Scalar);
    return [];
  }
  let inner: number[] = [];
  for (const [i, item] of value.entries()) {
    const shape = flattenInto(item as NestedArray, out, bytesAreStrings);
    if (i > 0 && shape.join() !== inner.join()) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `tensor: ragged data: item 0 has shape [${inner}], item ${i} has [${shape}]. Pad to one length.`,
      );
    }
    inner = shape;
  }
  return [value.length, ...inner];
}

const DTYPE_OF_ARRAY = new Map<unknown, DType>([
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Int32Array, 'int32'],
  [Uint8Array, 'uint8'],
  [Uint8ClampedArray, 'uint8'],
  [Buffer, 'uint8'],
  [Int8Array, 'int8'],
  [Int16Array, 'int16'],
  [Uint16Array, 'uint16'],
  [Uint32Array, 'uint32'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
]);

const DTYPE_OF_SCALAR: Readonly<Record<string, DType>> = {
  number: 'float32',
  bigint: 'int64',
  boolean: 'bool',
  string: 'string',
  object: 'string',
};

/** The dtype a value gets when nobody asks for another. */
export function inferDType(data: TensorLike, flat: ArrayLike<Scalar> | TypedArray): DType {
  if (isTypedArray(data)) return DTYPE_OF_ARRAY.get(data.constructor) ?? 'float32';
  return DTYPE_OF_SCALAR[typeof flat[0]] ?? 'float32';
}

export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** A tensor as it is, anything else made into one. */
export function toTensor(value: Tensor | TensorLike, dtype?: DType): Tensor {
  return value instanceof Tensor ? value : tensor(value, undefined, dtype);
}

/** The rows of several tensors, one after the other. */
export function concatRows(parts: readonly Tensor[]): Tensor {
  const [first] = parts;
  if (!first) throw new TensorFlowError('ERR_ARGUMENT', 'concatRows: there is nothing to join.');
  const shape = [parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0), ...first.shape.slice(1)];
  if (first.dtype === 'string') {
    return new Tensor(
      loadAddon().stringTensor(
        shape,
        parts.flatMap((part) => part.native.strings()),
      ),
    );
  }
  return new Tensor(loadAddon().tensor(first.native.dtype, shape, Buffer.concat(parts.map((part) => part.bytes()))));
}
