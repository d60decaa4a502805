import { create } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type DType, dtypeName, dtypeNumber, isComplex, newArray, type TypedArray, viewOf } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import { Tensor } from '../../core/tensor.js';
import { loadAddon } from '../../native/library.js';
import {
  type DataType,
  type TensorProto,
  TensorProtoSchema,
  type TensorShapeProto,
  TensorShapeProtoSchema,
} from '../../proto/graph.js';
import { invalid } from '../invalid.js';
import { checkedShape, tensorOfBytes } from '../tensor-bytes.js';

type Values = 'floatVal' | 'doubleVal' | 'intVal' | 'halfVal' | 'int64Val' | 'uint32Val' | 'uint64Val' | 'boolVal';
type Pairs = 'scomplexVal' | 'dcomplexVal';

/** The field that holds a dtype's elements. */
const FIELDS: Partial<Record<DType, Values | Pairs>> = {
  float32: 'floatVal',
  float64: 'doubleVal',
  complex64: 'scomplexVal',
  complex128: 'dcomplexVal',
  float16: 'halfVal',
  bfloat16: 'halfVal',
  int8: 'intVal',
  int16: 'intVal',
  int32: 'intVal',
  int64: 'int64Val',
  uint8: 'intVal',
  uint16: 'intVal',
  uint32: 'uint32Val',
  uint64: 'uint64Val',
  bool: 'boolVal',
  qint8: 'intVal',
  qint16: 'intVal',
  qint32: 'intVal',
  quint8: 'intVal',
  quint16: 'intVal',
  int4: 'intVal',
  uint4: 'intVal',
  int2: 'intVal',
  uint2: 'intVal',
};

/** Numbers of the fields that are the elements' bytes on the wire. */
const PLAIN: Partial<Record<DType, number>> = { float32: 5, float64: 6, complex64: 9, complex128: 12 };

/**
 * The tensor of a message; Owner: the caller. Fewer values than elements stand for all: the last one is repeated, as
 * TensorFlow does.
 *
 * @param limit most bytes of the tensor
 * @throws TF_INVALID_ARGUMENT, TF_RESOURCE_EXHAUSTED
 */
export function tensorOfProto(proto: TensorProto, limit: number): Tensor {
  const dtype = dtypeOf(proto);
  const { dim, unknownRank } = proto.tensorShape ?? { dim: [], unknownRank: false };
  if (unknownRank) throw invalid('the shape has no rank');
  const shape = checkedShape(
    dim.map(({ size }) => size),
    dtype,
    limit,
  );
  if (dtype === 'string') return new Tensor(loadAddon().stringTensor(shape, stringsOf(proto, sizeOf(shape))));
  const { tensorContent } = proto;
  if (tensorContent.length > 0) return tensorOfBytes(dtype, shape, tensorContent);
  const elements = elementsOf(proto, dtype, sizeOf(shape));
  return tensorOfBytes(dtype, shape, new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength));
}

function dtypeOf({ dtype }: TensorProto): DType {
  try {
    return dtypeName(dtype);
  } catch {
    throw invalid(`there is no dtype number ${dtype}`);
  }
}

function elementsOf(proto: TensorProto, dtype: DType, count: number): TypedArray {
  const field = FIELDS[dtype];
  if (!field) throw invalid(`a ${dtype} tensor needs tensor_content`);
  const width = isComplex(dtype) ? 2 : 1;
  return filled(proto[field], newArray(dtype, count * width), width);
}

/** @param width values of an element */
function filled(values: ArrayLike<number | bigint | boolean>, out: TypedArray, width: number): TypedArray {
  const given = values.length;
  if (given > out.length || given % width > 0) {
    throw invalid(`${given / width} values were given for ${out.length / width} elements`);
  }
  for (let i = 0; i < given; i++) out[i] = values[i] as number;
  for (let i = given; given > 0 && i < out.length; i++) out[i] = out[i - width] as number;
  return out;
}

function stringsOf({ stringVal, tensorContent }: TensorProto, count: number): Uint8Array[] {
  if (tensorContent.length > 0) return packedStrings(tensorContent, count);
  if (stringVal.length > count) throw invalid(`${stringVal.length} values were given for ${count} elements`);
  const rest = new Array<Uint8Array>(count - stringVal.length).fill(stringVal.at(-1) ?? new Uint8Array());
  return [...stringVal, ...rest];
}

/** All lengths, then all characters. */
function packedStrings(content: Uint8Array, count: number): Uint8Array[] {
  const reader = new BinaryReader(content);
  const lengths = Array.from({ length: count }, () => lengthAt(reader));
  let end = reader.pos;
  const strings = lengths.map((length) => {
    end += length;
    return content.subarray(end - length, end);
  });
  if (end === content.length) return strings;
  throw invalid(`tensor_content does not hold ${count} strings`);
}

function lengthAt(reader: BinaryReader): number {
  try {
    return reader.uint32();
  } catch {
    throw invalid('tensor_content ends within the lengths of its strings');
  }
}

/** The message of a tensor, its elements in the field of their dtype, as TensorFlow Serving answers. */
export function protoOfTensor(tensor: Tensor): TensorProto {
  const { dtype, shape } = tensor;
  const proto = create(TensorProtoSchema, { dtype: dtypeNumber(dtype) as DataType, tensorShape: shapeProto(shape) });
  const plain = PLAIN[dtype];
  const field = FIELDS[dtype];
  if (dtype === 'string') proto.stringVal = tensor.native.strings();
  // Why: what is written is the same, without an array of JavaScript's numbers.
  else if (plain !== undefined) proto.$unknown = [rawField(plain, tensor.bytes())];
  else if (field) Object.assign(proto, { [field]: valuesOf(tensor) });
  else proto.tensorContent = tensor.bytes();
  return proto;
}

function shapeProto(shape: readonly number[]): TensorShapeProto {
  return create(TensorShapeProtoSchema, { dim: shape.map((size) => ({ size: BigInt(size) })) });
}

function valuesOf({ dtype, native }: Tensor): unknown[] {
  const values = viewOf(dtype, native.buffer());
  return dtype === 'bool' ? Array.from(values, Boolean) : [...values];
}

function rawField(no: number, bytes: Uint8Array): NonNullable<TensorProto['$unknown']>[number] {
  return { no, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(bytes).finish() };
}
