import type { MessageInitShape } from '@bufbuild/protobuf';
import { dtypeNumber } from '../../core/dtype.js';
import { shapeToNative } from '../../core/shape.js';
import type { DataType } from '../../proto/graph.js';
import type { SignatureDefSchema, TensorInfoSchema } from '../../proto/saved-model.js';
import type { ServedSignature, ServedTensor, ServedTensors } from '../repository/servable.js';

/** A signature as SavedModels describe it. */
export function signatureDef({
  inputs,
  outputs,
  method,
}: ServedSignature): MessageInitShape<typeof SignatureDefSchema> {
  return { inputs: infos(inputs), outputs: infos(outputs), methodName: method };
}

type TensorInfo = MessageInitShape<typeof TensorInfoSchema>;

function infos(tensors: ServedTensors): Record<string, TensorInfo> {
  return Object.fromEntries(Object.entries(tensors).map(([key, one]) => [key, tensorInfo(one)]));
}

function tensorInfo({ name, dtype, shape }: ServedTensor): TensorInfo {
  const dim = (shapeToNative(shape) ?? []).map((size) => ({ size: BigInt(size) }));
  return {
    dtype: dtypeNumber(dtype) as DataType,
    tensorShape: { dim, unknownRank: shape === null },
    encoding: { case: 'name', value: name },
  };
}
