import type { DType } from '../core/dtype.js';
import { sizeOf } from '../core/shape.js';
import { Tensor } from '../core/tensor.js';
import { loadAddon } from '../native/library.js';
import { invalid } from './invalid.js';
import { tensorOfBytes } from './tensor-bytes.js';

/**
 * Element types of KServe's inference protocol, version 2, with Triton's BF16.
 *
 * Source: the Open Inference Protocol's inference_rest.md, Tensor Data Types.
 */
const DATATYPES: Partial<Record<DType, string>> = {
  bool: 'BOOL',
  uint8: 'UINT8',
  uint16: 'UINT16',
  uint32: 'UINT32',
  uint64: 'UINT64',
  int8: 'INT8',
  int16: 'INT16',
  int32: 'INT32',
  int64: 'INT64',
  float16: 'FP16',
  bfloat16: 'BF16',
  float32: 'FP32',
  float64: 'FP64',
  string: 'BYTES',
};

const DTYPES = new Map(Object.entries(DATATYPES).map(([dtype, datatype]) => [datatype, dtype as DType]));

/** @throws TF_INVALID_ARGUMENT for a dtype that the protocol does not have */
export function datatypeOf(dtype: DType): string {
  const datatype = DATATYPES[dtype];
  if (datatype !== undefined) return datatype;
  throw invalid(`The inference protocol has no ${dtype} tensors`);
}

/** @throws TF_INVALID_ARGUMENT */
export function dtypeOfDatatype(datatype: string): DType {
  const dtype = DTYPES.get(datatype);
  if (dtype !== undefined) return dtype;
  throw invalid(`There is no datatype '${datatype}'; known: ${[...DTYPES.keys()].join(', ')}`);
}

/** What a length takes before a string. */
const LENGTH_BYTES = 4;

/**
 * A tensor of its elements' bytes, row-major and little-endian; strings each behind their length.
 *
 * @throws TF_INVALID_ARGUMENT for more or fewer bytes than the shape holds
 */
export function tensorOfRaw(dtype: DType, shape: readonly number[], raw: Uint8Array): Tensor {
  if (dtype !== 'string') return tensorOfBytes(dtype, shape, raw);
  return stringTensor(shape, stringsOfRaw(raw, sizeOf(shape)));
}

/** @throws TF_INVALID_ARGUMENT for more or fewer strings than the shape holds */
export function stringTensor(shape: readonly number[], strings: readonly Uint8Array[]): Tensor {
  const count = sizeOf(shape);
  if (strings.length !== count) throw invalid(`[${shape.join(', ')}] takes ${count} strings, got ${strings.length}`);
  return new Tensor(loadAddon().stringTensor(shape, strings));
}

function stringsOfRaw(raw: Uint8Array, count: number): Uint8Array[] {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const strings: Uint8Array[] = [];
  for (let at = 0; at < raw.length; ) {
    // Why here: each string takes more memory than its bytes.
    if (strings.length === count) throw invalid(`BYTES hold more than ${count} strings`);
    const begin = at + LENGTH_BYTES;
    if (begin > raw.length) throw invalid('BYTES end within a length');
    at = begin + view.getUint32(at, true);
    if (at > raw.length) throw invalid('BYTES end within a string');
    strings.push(raw.subarray(begin, at));
  }
  return strings;
}

/** What {@link tensorOfRaw} reads. */
export function rawOfTensor(tensor: Tensor): Uint8Array {
  if (tensor.dtype !== 'string') return tensor.bytes();
  return Buffer.concat(tensor.native.strings().flatMap((string) => [lengthOf(string), string]));
}

function lengthOf({ length }: Uint8Array): Buffer {
  const bytes = Buffer.alloc(LENGTH_BYTES);
  bytes.writeUInt32LE(length);
  return bytes;
}
