import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';

/** What the elements of a tensor are kept in on the JavaScript side. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface DTypeRow {
  /** TF_DataType of the C API. */
  number: number;
  /** Bytes of one element; 0 where elements have no fixed size. */
  bytes: number;
  array: (new (buffer: ArrayBuffer, byteOffset?: number, length?: number) => TypedArray) | null;
}

/** Every dtype of the C API: one row each. Complex numbers are pairs of floats; floats narrower than 32 bits are kept as their bits. */
const TABLE = {
  float32: { number: 1, bytes: 4, array: Float32Array },
  float64: { number: 2, bytes: 8, array: Float64Array },
  int32: { number: 3, bytes: 4, array: Int32Array },
  uint8: { number: 4, bytes: 1, array: Uint8Array },
  int16: { number: 5, bytes: 2, array: Int16Array },
  int8: { number: 6, bytes: 1, array: Int8Array },
  string: { number: 7, bytes: 0, array: null },
  complex64: { number: 8, bytes: 8, array: Float32Array },
  int64: { number: 9, bytes: 8, array: BigInt64Array },
  bool: { number: 10, bytes: 1, array: Uint8Array },
  qint8: { number: 11, bytes: 1, array: Int8Array },
  quint8: { number: 12, bytes: 1, array: Uint8Array },
  qint32: { number: 13, bytes: 4, array: Int32Array },
  bfloat16: { number: 14, bytes: 2, array: Uint16Array },
  qint16: { number: 15, bytes: 2, array: Int16Array },
  quint16: { number: 16, bytes: 2, array: Uint16Array },
  uint16: { number: 17, bytes: 2, array: Uint16Array },
  complex128: { number: 18, bytes: 16, array: Float64Array },
  float16: { number: 19, bytes: 2, array: Uint16Array },
  resource: { number: 20, bytes: 0, array: null },
  variant: { number: 21, bytes: 0, array: null },
  uint32: { number: 22, bytes: 4, array: Uint32Array },
  uint64: { number: 23, bytes: 8, array: BigUint64Array },
  float8_e5m2: { number: 24, bytes: 1, array: Uint8Array },
  float8_e4m3fn: { number: 25, bytes: 1, array: Uint8Array },
  float8_e4m3fnuz: { number: 26, bytes: 1, array: Uint8Array },
  float8_e4m3b11fnuz: { number: 27, bytes: 1, array: Uint8Array },
  float8_e5m2fnuz: { number: 28, bytes: 1, array: Uint8Array },
  int4: { number: 29, bytes: 1, array: Int8Array },
  uint4: { number: 30, bytes: 1, array: Uint8Array },
  int2: { number: 31, bytes: 1, array: Int8Array },
  uint2: { number: 32, bytes: 1, array: Uint8Array },
  float4_e2m1fn: { number: 33, bytes: 1, array: Uint8Array },
} as const satisfies Record<string, DTypeRow>;

/** Name of an element type, as Keras and NumPy spell it. */
export type DType = keyof typeof TABLE;

/** The array in which a dtype's elements arrive; float16 and bfloat16 are widened. */
export type DataOf<D extends DType> = D extends 'string'
  ? string[]
  : D extends 'float16' | 'bfloat16'
    ? Float32Array
    : D extends 'resource' | 'variant'
      ? never
      : InstanceType<Exclude<(typeof TABLE)[D]['array'], null>>;

/** All dtypes, in the order of the C API. */
export const DTYPES = Object.keys(TABLE) as DType[];

const NAME_BY_NUMBER = new Map<number, DType>(DTYPES.map((name) => [TABLE[name].number, name]));
const ALIASES: Readonly<Record<string, DType>> = { half: 'float16', float: 'float32', double: 'float64' };
/** Reference types of TensorFlow 1 graphs are their plain type plus 100. */
const REFERENCE = 100;

export function dtypeNumber(dtype: DType): number {
  return TABLE[parseDType(dtype)].number;
}

export function dtypeName(number: number): DType {
  const name = NAME_BY_NUMBER.get(number > REFERENCE ? number - REFERENCE : number);
  if (!name) throw new TensorFlowError('ERR_DTYPE', `The library gave dtype number ${number}, which has no name here.`);
  return name;
}

/** Bytes of one element; 0 for string, resource and variant. */
export function dtypeBytes(dtype: DType): number {
  return TABLE[dtype].bytes;
}

export function isDType(name: string): name is DType {
  return Object.hasOwn(TABLE, name);
}

/** A dtype from what a user or a Keras file wrote. */
export function parseDType(name: string): DType {
  const plain = ALIASES[name] ?? name;
  if (!isDType(plain)) throw unknownName('dtype', name, DTYPES);
  return plain;
}

export function isFloating(dtype: DType): boolean {
  return dtype.startsWith('float') || dtype === 'bfloat16';
}

export function isComplex(dtype: DType): boolean {
  return dtype.startsWith('complex');
}

/** Whether elements are read and written as their bits: floats of 8 bits and fewer. */
export function isBits(dtype: DType): boolean {
  return isFloating(dtype) && dtypeBytes(dtype) === 1;
}

/** Whether elements are read and written as BigInt. */
export function isBigInt(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/** A typed array over the bytes of a tensor. */
export function viewOf(dtype: DType, buffer: ArrayBuffer): TypedArray {
  const array = TABLE[dtype].array;
  if (!array) throw new TensorFlowError('ERR_DTYPE', `A ${dtype} tensor has no typed array.`);
  return new array(buffer);
}

/** An empty typed array for `length` scalars (a complex number counts two). */
export function newArray(dtype: DType, length: number): TypedArray {
  const bytes = TABLE[dtype].bytes / (isComplex(dtype) ? 2 : 1);
  return viewOf(dtype, new ArrayBuffer(length * bytes));
}
