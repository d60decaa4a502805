import type { MessageInitShape } from '@bufbuild/protobuf';
import { type DType, viewOf } from '../../core/dtype.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import type { InferInputTensor, InferTensorContents, InferTensorContentsSchema } from '../../proto/inference.js';
import { invalid } from '../invalid.js';
import { dtypeOfDatatype, stringTensor, tensorOfRaw } from '../kserve-tensors.js';
import { checkedShape } from '../tensor-bytes.js';

type Field = Exclude<keyof InferTensorContents, '$typeName' | '$unknown'>;

/** The field that holds a dtype's elements; half floats have none. */
const FIELDS: Partial<Record<DType, Field>> = {
  bool: 'boolContents',
  int8: 'intContents',
  int16: 'intContents',
  int32: 'intContents',
  int64: 'int64Contents',
  uint8: 'uintContents',
  uint16: 'uintContents',
  uint32: 'uintContents',
  uint64: 'uint64Contents',
  float32: 'fp32Contents',
  float64: 'fp64Contents',
  string: 'bytesContents',
};

/**
 * The tensor of an input; Owner: the caller.
 *
 * @param raw the elements' bytes, where the request has them apart
 * @param limit most bytes of the tensor
 * @throws TF_INVALID_ARGUMENT, TF_RESOURCE_EXHAUSTED; ERR_DTYPE, ERR_SHAPE for elements that do not fit
 */
export function tensorOfInput(input: InferInputTensor, raw: Uint8Array | undefined, limit: number): Tensor {
  const dtype = dtypeOfDatatype(input.datatype);
  const shape = checkedShape(input.shape, dtype, limit);
  if (raw) return tensorOfRaw(dtype, shape, raw);
  const field = FIELDS[dtype];
  if (!field) throw invalid(`${input.datatype} tensors come in raw_input_contents only`);
  const { contents } = input;
  if (dtype === 'string') return stringTensor(shape, contents?.bytesContents ?? []);
  return tensor(contents?.[field] ?? [], shape, dtype);
}

/** Whether tensors of a dtype can stand in the message itself. */
export function hasContents(dtype: DType): boolean {
  return FIELDS[dtype] !== undefined;
}

/** The elements of a tensor in the field of its dtype. */
export function contentsOf({ dtype, native }: Tensor): MessageInitShape<typeof InferTensorContentsSchema> {
  const field = FIELDS[dtype];
  if (!field) throw invalid(`A ${dtype} tensor has no contents`);
  if (dtype === 'string') return { bytesContents: native.strings() };
  const values = viewOf(dtype, native.buffer());
  return { [field]: dtype === 'bool' ? Array.from(values, Boolean) : [...values] };
}
