import { TensorFlowError } from '../errors/errors.js';
import type { NativeTensor } from '../native/binding.js';
import { loadAddon } from '../native/library.js';
import { argMax } from './arg-max.js';
import {
  type DataOf,
  type DType,
  dtypeBytes,
  dtypeName,
  dtypeNumber,
  isBigInt,
  isBits,
  isComplex,
  isFloating,
  newArray,
  parseDType,
  type TypedArray,
  viewOf,
} from './dtype.js';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.js';
import { formatShape, sizeOf, wholeShape } from './shape.js';

/** One element as JavaScript sees it. */
export type Scalar = number | bigint | boolean | string | Uint8Array;
/** Numbers, strings, or arrays of them to any depth; a row may be a typed array. */
export type NestedArray = Scalar | TypedArray | readonly NestedArray[];
/** What a tensor can be made from. */
export type TensorLike = NestedArray | TypedArray;

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

  /**
   * The elements in row-major order: float16 and bfloat16 as float32, complex numbers as pairs, smaller floats as their
   * bits. Shared with the library where the runtime allows it: do not write to them.
   */
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
    if (sizeOf(full) !== this.size || !full.every((d) => Number.isInteger(d) && d >= 0)) {
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
    if (!Number.isInteger(at) || at < 0 || at > this.rank) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `expandDims: axis ${axis} does not exist in ${formatShape(this.shape)}; give ${-this.rank - 1} … ${this.rank}.`,
      );
    }
    return this.reshape([...this.shape.slice(0, at), 1, ...this.shape.slice(at)]);
  }

  /** A copy of the rows `begin` … `end` − 1 along the first axis. */
  rows(begin: number, end: number): Tensor<D> {
    const count = this.shape[0] ?? 0;
    if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || begin > end || end > count) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `rows: ${begin} … ${end} does not lie within the ${count} rows of ${formatShape(this.shape)}.`,
      );
    }
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

  /**
   * Index of the greatest element along an axis: `[…, n]` → int32 `[…]`.
   *
   * @example
   * (await model.predict(x)).argMax().array();   // the class of each picture
   */
  argMax(axis = -1): Tensor<'int32'> {
    return new Tensor<'int32'>(argMax(this.native, axis));
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
 * Complex numbers are pairs `[re, im]`, or one real number; floats of 8 bits and fewer are given as their bits.
 *
 * @param data nested arrays give the shape; a flat array takes `shape`
 * @param shape dimensions; default: those of `data`
 * @param dtype default: that of a typed array; `float32` for numbers, `int64` for BigInts, `bool`, `string`
 * @throws ERR_SHAPE for ragged arrays or a shape that does not fit; ERR_DTYPE for elements that are mixed or do not fit
 * the dtype; ERR_UNKNOWN_NAME for a dtype nobody knows
 * @example
 * tensor([1, 2, 3, 4], [2, 2], 'int32');
 */
export function tensor<D extends DType = DType>(data: TensorLike, shape?: readonly number[], dtype?: D): Tensor<D> {
  const strings = dtype === 'string';
  const flat: Scalar[] | TypedArray = isTypedArray(data) && !strings ? data : [];
  const found = flat === data ? [flat.length] : flattenInto(data, flat as Scalar[], strings);
  const type = dtype === undefined ? inferDType(data, flat) : parseDType(dtype);
  if (dtype === undefined && !isTypedArray(flat)) checkAlike(flat);
  const full = (shape && wholeShape('tensor', shape)) ?? (isComplex(type) ? complexShape(found, flat === data) : found);
  if (isComplex(type) && found.length === 0 && flat.length === 1) (flat as Scalar[]).push(0);
  const length = flat.length / (isComplex(type) ? 2 : 1);
  if (sizeOf(full) !== length) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `tensor: ${length} elements were given, but shape ${formatShape(full)} holds ${sizeOf(full)}.`,
    );
  }
  return new Tensor<D>(pack(flat, full, type));
}

/** The shape without the axis of (re, im); a typed array is flat. */
function complexShape(found: readonly number[], isFlat: boolean): readonly number[] {
  if (isFlat) return found.map((length) => length / 2);
  if (found.length === 0 || found.at(-1) === 2) return found.slice(0, -1);
  throw new TensorFlowError(
    'ERR_SHAPE',
    `tensor: complex numbers are pairs [re, im], got data of shape ${formatShape(found)}.`,
  );
}

function checkAlike(flat: readonly Scalar[]): void {
  const odd = flat.findIndex((value) => typeof value !== typeof flat[0]);
  if (odd < 0) return;
  throw new TensorFlowError(
    'ERR_DTYPE',
    `tensor: element 0 is of type ${typeof flat[0]}, element ${odd} of type ${typeof flat[odd]}; make them alike, or give a dtype.`,
  );
}

function pack(flat: ArrayLike<Scalar> | TypedArray, shape: readonly number[], dtype: DType): NativeTensor {
  const addon = loadAddon();
  if (dtype === 'string') return addon.stringTensor(shape, Array.from(flat as ArrayLike<Scalar>, stringElement));
  if (dtypeBytes(dtype) === 0) throw new TensorFlowError('ERR_DTYPE', `tensor: a ${dtype} cannot be made from data.`);
  return addon.tensor(dtypeNumber(dtype), shape, isOwnArray(flat, dtype) ? flat : convert(flat, dtype));
}

/** Whether the array already holds this dtype's elements; a Uint16Array is taken as the bits of a half type. */
function isOwnArray(flat: ArrayLike<Scalar> | TypedArray, dtype: DType): flat is TypedArray {
  // Why: any byte may stand in a Uint8Array, but a bool of the library is 0 or 1.
  return dtype !== 'bool' && isTypedArray(flat) && flat.constructor === newArray(dtype, 0).constructor;
}

function convert(flat: ArrayLike<Scalar>, dtype: DType): TypedArray {
  if (isBits(dtype)) {
    throw new TensorFlowError('ERR_DTYPE', `tensor: give ${dtype} elements as their bits, in a Uint8Array.`);
  }
  const out = newArray(dtype, flat.length);
  const write = writerOf(dtype);
  const whole = !isFloating(dtype) && !isComplex(dtype) && dtype !== 'bool';
  for (let i = 0; i < flat.length; i++) {
    const value = flat[i] as Scalar;
    if (!NUMERIC.has(typeof value)) throw misfit(value, i, dtype);
    if (whole && typeof value === 'number' && !Number.isInteger(value)) throw misfit(value, i, dtype);
    out[i] = write(value);
    if (whole && Number(out[i]) !== Number(value)) throw misfit(value, i, dtype);
  }
  return out;
}

const NUMERIC: ReadonlySet<string> = new Set(['number', 'bigint', 'boolean']);

/** How an element of the dtype is put into its array. */
function writerOf(dtype: DType): (value: Scalar) => number | bigint {
  const half = HALF_WRITERS[dtype];
  if (half) return (value) => half(Number(value));
  if (isBigInt(dtype)) return (value) => BigInt(value as number | bigint | boolean);
  if (dtype === 'bool') return (value) => (Number(value) === 0 ? 0 : 1);
  return Number;
}

function stringElement(value: Scalar, index: number): string | Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return value;
  throw misfit(value, index, 'string');
}

function misfit(value: unknown, index: number, dtype: DType): TensorFlowError {
  if (NUMERIC.has(typeof value) && dtype !== 'string') {
    const wayOut = 'round or clip it, or ask for another dtype';
    return new TensorFlowError('ERR_DTYPE', `tensor: element ${index} is ${value}, which is no ${dtype}; ${wayOut}.`);
  }
  const got = value === null ? 'null' : `of type ${typeof value}`;
  return new TensorFlowError('ERR_DTYPE', `tensor: element ${index} is ${got}, expected ${dtype}.`);
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
function inferDType(data: TensorLike, flat: ArrayLike<Scalar> | TypedArray): DType {
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
