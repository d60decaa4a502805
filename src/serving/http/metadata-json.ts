import type { DType } from '../../core/dtype.js';
import { shapeToNative } from '../../core/shape.js';
import type { ServedModelVersions, VersionStatus } from '../repository/model-versions.js';
import type { ServedSignature, ServedTensor, ServedTensors } from '../repository/servable.js';
import { withoutPaths } from '../without-paths.js';

/** TensorFlow Serving's answers about models. Protobuf's JSON writes 64-bit numbers as strings. */

/** The state of versions. */
export function statusJson(statuses: readonly VersionStatus[]): string {
  const described = statuses.map(({ version, state, error }) => {
    const status =
      error === undefined
        ? { error_code: 'OK', error_message: '' }
        : { error_code: 'UNKNOWN', error_message: withoutPaths(error) };
    return { version: String(version), state, status };
  });
  return pretty({ model_version_status: described });
}

/** The signatures of a version. */
export function metadataJson(model: ServedModelVersions, version: number): string {
  const { signatures } = model.get({ version });
  const described = Object.fromEntries([...signatures.values()].map((one) => [one.name, signatureDef(one)]));
  return pretty({
    model_spec: { name: model.name, signature_name: '', version: String(version) },
    metadata: { signature_def: { signature_def: described } },
  });
}

function signatureDef({ inputs, outputs, method }: ServedSignature): object {
  return { inputs: infos(inputs), outputs: infos(outputs), method_name: method, defaults: {} };
}

function infos(tensors: ServedTensors): object {
  return Object.fromEntries(Object.entries(tensors).map(([key, one]) => [key, tensorInfo(one)]));
}

function tensorInfo({ dtype, shape, name }: ServedTensor): object {
  const dim = (shapeToNative(shape) ?? []).map((size) => ({ size: String(size), name: '' }));
  return {
    dtype: `DT_${ENUM[dtype] ?? dtype.toUpperCase()}`,
    tensor_shape: { dim, unknown_rank: shape === null },
    name,
  };
}

const ENUM: Partial<Record<DType, string>> = { float32: 'FLOAT', float64: 'DOUBLE', float16: 'HALF' };

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 1);
}
