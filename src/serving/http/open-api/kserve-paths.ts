import { datatypeOf } from '../../kserve-tensors.js';
import type { ServedModelVersions } from '../../repository/repository.js';
import type { ServedSignature, ServedTensor } from '../../repository/servable.js';
import { DEFAULT_SIGNATURE } from '../predict-json.js';
import { exampleElements } from './examples.js';
import { bodyOf, operation, pathParameter } from './operation.js';
import { type Json, object } from './schema.js';

const TAG = 'KServe V2';

/** What KServe's protocol says of the server. */
export function kserveServerPaths(): Json {
  const get = (name: string, summary: string, answer: Json): Json => ({
    get: operation(['kserve', name], { tag: TAG, summary, answer }),
  });
  return {
    '/v2': get('server', 'About the server', SERVER),
    '/v2/health/live': get('live', 'Whether the server lives', { type: 'object' }),
    '/v2/health/ready': get('ready', 'Whether every model is loaded', { type: 'object' }),
  };
}

/** KServe's protocol of one model, of the newest version and of a numbered one. */
export function kservePaths(model: ServedModelVersions, signatures: readonly ServedSignature[]): Json {
  const base = `/v2/models/${encodeURIComponent(model.name)}`;
  const version = pathParameter('version', model.versions.map(String));
  return {
    ...pathsOf(base, ['kserve', model.name], signatures, []),
    ...pathsOf(`${base}/versions/{version}`, ['kserve', model.name, 'version'], signatures, [version]),
  };
}

function pathsOf(
  base: string,
  name: readonly string[],
  signatures: readonly ServedSignature[],
  parameters: readonly Json[],
): Json {
  const [only, second] = signatures;
  const asked = only && !second ? only : signatures.find((one) => one.name === DEFAULT_SIGNATURE);
  const get = (what: string, summary: string, answer: Json): Json => ({
    get: operation([...name, what], { tag: TAG, summary, answer, parameters }),
  });
  const infer = asked && operation([...name, 'infer'], { ...inferOf(asked), parameters });
  return {
    ...(infer && { [base]: get('metadata', 'Inputs and outputs', MODEL), [`${base}/infer`]: { post: infer } }),
    [`${base}/ready`]: get('ready', 'Whether the model is loaded', { type: 'object' }),
  };
}

function inferOf({ name, inputs, outputs }: ServedSignature) {
  const tensors = Object.entries(inputs).map(([key, one]) => ({
    name: key,
    shape: one.shape?.map((length) => length ?? 1) ?? [1],
    datatype: datatypeOf(one.dtype),
    data: exampleElements(key, one).map((element) => (one.dtype === 'string' ? 'text' : element)),
  }));
  const body = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      parameters: { type: 'object' },
      inputs: { type: 'array', minItems: 1, items: tensorSchema(inputs) },
      outputs: { type: 'array', items: object({ name: { enum: Object.keys(outputs) } }) },
    },
    required: ['inputs'],
  };
  return {
    tag: TAG,
    summary: 'Infer',
    description: `Of signature ${name}; the parameter signature_name takes another. Data may be nested or flat.`,
    requestBody: bodyOf(body, { flat: { value: { inputs: tensors } } }, []),
    answer: ANSWER,
  };
}

function tensorSchema(tensors: Readonly<Record<string, ServedTensor>>): Json {
  return object({
    name: { enum: Object.keys(tensors) },
    shape: { type: 'array', items: { type: 'integer' } },
    datatype: { enum: [...new Set(Object.values(tensors).map(({ dtype }) => datatypeOf(dtype)))] },
    data: { type: 'array', items: {} },
  });
}

const SHAPED = {
  name: { type: 'string' },
  shape: { type: 'array', items: { type: 'integer' } },
  datatype: { type: 'string' },
};
const ANSWER = object(
  {
    model_name: { type: 'string' },
    model_version: { type: 'string' },
    id: { type: 'string' },
    outputs: { type: 'array', items: object({ ...SHAPED, data: { type: 'array', items: {} } }) },
  },
  ['model_name', 'outputs'],
);
const SERVER = object({
  name: { type: 'string' },
  version: { type: 'string' },
  extensions: { type: 'array', items: { type: 'string' } },
});
const MODEL = object({
  name: { type: 'string' },
  versions: { type: 'array', items: { type: 'string' } },
  platform: { type: 'string' },
  inputs: { type: 'array', items: object(SHAPED) },
  outputs: { type: 'array', items: object(SHAPED) },
});
