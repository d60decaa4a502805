import { isBigInt, isFloating } from '../../core/dtype.js';
import { formatSpec } from '../../core/spec.js';
import { packageVersion } from '../../core/version.js';
import type { Repository, ServedModelVersions } from '../repository/repository.js';
import type { ServedSignature, ServedTensor, ServedTensors } from '../repository/servable.js';
import { isBytes } from './json/tensor-to-json.js';

type Json = Record<string, unknown>;

/** OpenAPI 3.1's description of a server, made from the signatures of its models; examples can be sent as they are. */
export function openApi(repository: Repository): Json {
  const models = [...repository.models.values()];
  const deployed = [...repository.first.get().signatures.values()].sort(servingFirst);
  return {
    openapi: '3.1.0',
    info: {
      title: 'TensorFlow Model',
      version: packageVersion,
      description: 'Bare tokens NaN, Infinity and -Infinity are taken and given where numbers stand.',
    },
    servers: [{ url: '/' }],
    paths: {
      ...Object.fromEntries(
        deployed.map((signature) => [`/${encoded(signature.name)}/predict`, deployPath(signature)]),
      ),
      '/models': { get: operation('listModels', 'Every model with its versions and signatures', modelList()) },
      ...Object.assign({}, ...models.map(modelPaths)),
    },
    components: { schemas: { Error: object({ error: { type: 'string' } }) } },
  };
}

function servingFirst(a: ServedSignature, b: ServedSignature): number {
  const rank = ({ name }: ServedSignature): number => (name === 'serving_default' ? 0 : 1);
  return rank(a) - rank(b) || (a.name < b.name ? -1 : 1);
}

function deployPath(signature: ServedSignature): Json {
  const { name, inputs, outputs } = signature;
  const instances = { type: 'array', minItems: 1, items: rowOf(inputs) };
  const example = { instances: [exampleRow(inputs)] };
  const answer = object({ predictions: { type: 'array', items: rowOf(outputs) } });
  const about = operation(`${name}.predict`, `Predict by signature ${name}, as R's tfdeploy answers`, answer);
  const failure = { description: 'What is wrong', content: { 'text/plain': { schema: { type: 'string' } } } };
  return {
    post: {
      ...about,
      requestBody: requestBody(object({ instances }), { row: { value: example } }),
      responses: { '200': about.responses['200'], '404': failure },
    },
  };
}

function modelPaths(model: ServedModelVersions): Json {
  const base = `/v1/models/${encoded(model.name)}`;
  const call = (verb: string): Json => ({ post: callOperation(model, verb) });
  const served = new Set([...model.get().signatures.values()].map(verbOf));
  const verbs = ['predict', 'classify', 'regress'].filter((verb) => served.has(verb));
  return {
    ...Object.fromEntries(verbs.map((verb) => [`${base}:${verb}`, call(verb)])),
    [base]: { get: operation(`${model.name}.status`, 'States of the versions', { type: 'object' }) },
    [`${base}/metadata`]: { get: operation(`${model.name}.metadata`, 'Signatures', { type: 'object' }) },
  };
}

function verbOf({ method }: ServedSignature): string {
  return /\/(classify|regress)$/.exec(method)?.[1] ?? 'predict';
}

function callOperation(model: ServedModelVersions, verb: string): Json {
  const signatures = [...model.get().signatures.values()].filter((one) => verbOf(one) === verb).sort(servingFirst);
  const summary = `TensorFlow Serving's ${verb}`;
  if (verb !== 'predict') {
    const schema = object({ examples: { type: 'array', minItems: 1, items: { type: 'object' } } });
    return { ...operation(`${model.name}.${verb}`, summary, { type: 'object' }), requestBody: requestBody(schema, {}) };
  }
  const examples = Object.assign({}, ...signatures.map(examplesOf));
  const bodies = signatures.flatMap(({ name, inputs }) => [
    object({ signature_name: { const: name }, instances: { type: 'array', minItems: 1, items: rowOf(inputs) } }, [
      'instances',
    ]),
    object({ signature_name: { const: name }, inputs: columnsOf(inputs) }, ['inputs']),
  ]);
  return {
    ...operation(`${model.name}.predict`, summary, { type: 'object' }),
    requestBody: requestBody({ anyOf: bodies }, examples),
  };
}

function examplesOf({ name, inputs }: ServedSignature): Json {
  const row = exampleRow(inputs);
  const columns = Object.fromEntries(
    Object.entries(inputs).map(([key, one]) => [key, exampleOf(key, one.shape ?? [], one)]),
  );
  return {
    [`${name}, rows`]: { value: { signature_name: name, instances: [row] } },
    [`${name}, columns`]: { value: { signature_name: name, inputs: columns } },
  };
}

/** Inputs or outputs of one row. */
function rowOf(tensors: ServedTensors): Json {
  const rows = Object.entries(tensors).map(([key, one]): [string, Json] => [
    key,
    tensorSchema(one, one.shape?.slice(1)),
  ]);
  return object(Object.fromEntries(rows));
}

function columnsOf(tensors: ServedTensors): Json {
  const columns = Object.entries(tensors).map(([key, one]): [string, Json] => [key, tensorSchema(one, one.shape)]);
  return object(Object.fromEntries(columns));
}

function tensorSchema(tensor: ServedTensor, shape: ServedTensor['shape'] | undefined): Json {
  const description = formatSpec(tensor);
  if (!shape) return { description };
  const nest = (axis: number): Json => {
    if (axis === shape.length) return elementSchema(tensor);
    const length = shape[axis];
    const sized = length === null ? {} : { minItems: length, maxItems: length };
    return { type: 'array', items: nest(axis + 1), ...sized };
  };
  return { description, ...nest(0) };
}

function elementSchema({ dtype }: ServedTensor): Json {
  if (dtype === 'string') return { anyOf: [{ type: 'string' }, object({ b64: { type: 'string' } })] };
  if (dtype === 'bool') return { type: 'boolean' };
  if (isFloating(dtype)) return { type: 'number', format: dtype === 'float64' ? 'double' : 'float' };
  return { type: 'integer', format: isBigInt(dtype) ? 'int64' : 'int32' };
}

function exampleRow(inputs: ServedTensors): Json {
  const rows = Object.entries(inputs).map(([key, one]) => [key, exampleOf(key, one.shape?.slice(1) ?? [], one)]);
  return Object.fromEntries(rows);
}

/** Zeros, a length of one where any will do. */
function exampleOf(name: string, shape: readonly (number | null)[], { dtype }: ServedTensor): unknown {
  const nest = (axis: number): unknown =>
    axis === shape.length ? element() : Array.from({ length: shape[axis] ?? 1 }, () => nest(axis + 1));
  const element = (): unknown => {
    if (dtype === 'string') return isBytes(name) ? { b64: 'dGV4dA==' } : 'text';
    return dtype === 'bool' ? false : 0;
  };
  return nest(0);
}

function modelList(): Json {
  const one = { name: { type: 'string' }, versions: { type: 'array', items: { type: 'string' } } };
  return object({ models: { type: 'array', items: object(one) } });
}

function operation(operationId: string, summary: string, schema: Json): Json & { responses: Json } {
  const error = { $ref: '#/components/schemas/Error' };
  return {
    operationId,
    summary,
    responses: {
      '200': { description: 'The answer', content: { 'application/json': { schema } } },
      default: { description: 'What is wrong', content: { 'application/json': { schema: error } } },
    },
  };
}

function requestBody(schema: Json, examples: Json): Json {
  return { required: true, content: { 'application/json': { schema, examples } } };
}

function object(properties: Json, required: readonly string[] = Object.keys(properties)): Json {
  return { type: 'object', properties, required };
}

/** A segment of a path; braces would be parameters. */
function encoded(segment: string): string {
  return encodeURIComponent(segment);
}
