import type { ServedModelVersions } from '../../repository/repository.js';
import type { ServedSignature } from '../../repository/servable.js';
import { isByRows, requestExamples } from './examples.js';
import { bodyOf, operation, pathParameter, pictureParameters } from './operation.js';
import { bareIfOne, columnsSchema, type Json, list, object, rowSchema } from './schema.js';

const TAG = 'TensorFlow Serving';
const VERBS = ['predict', 'classify', 'regress'] as const;
type Verb = (typeof VERBS)[number];

/** TensorFlow Serving's interface of one model: of the newest version, of a numbered one, of one by its label. */
export function tensorflowPaths(model: ServedModelVersions, signatures: readonly ServedSignature[]): Json {
  const base = `/v1/models/${encodeURIComponent(model.name)}`;
  const labels = Object.keys(model.labels);
  return {
    ...pathsOf(base, [model.name], signatures, []),
    ...pathsOf(`${base}/versions/{version}`, [model.name, 'version'], signatures, [
      pathParameter('version', model.versions.map(String)),
    ]),
    ...(labels.length > 0 &&
      pathsOf(`${base}/labels/{label}`, [model.name, 'label'], signatures, [pathParameter('label', labels)])),
  };
}

function pathsOf(
  base: string,
  name: readonly string[],
  signatures: readonly ServedSignature[],
  parameters: readonly Json[],
): Json {
  const about = (what: string, summary: string, answer: Json): Json => ({
    get: operation([...name, what], { tag: TAG, summary, answer, parameters }),
  });
  const calls = VERBS.flatMap((verb) => {
    const served = signatures.filter((one) => verbOf(one) === verb);
    return served.length > 0 ? [[`${base}:${verb}`, { post: call([...name, verb], verb, served, parameters) }]] : [];
  });
  const trains = signatures.some(({ changes }) => changes);
  return {
    ...Object.fromEntries(calls),
    [base]: about('status', 'States of the versions', STATUS),
    [`${base}/metadata`]: about('metadata', 'Signatures', METADATA),
    ...(trains && { [`${base}:save`]: { post: save(name, parameters) } }),
  };
}

function verbOf({ method }: ServedSignature): Verb {
  return VERBS.find((verb) => method.endsWith(`/${verb}`)) ?? 'predict';
}

function call(
  name: readonly string[],
  verb: Verb,
  signatures: readonly ServedSignature[],
  given: readonly Json[],
): Json {
  const training = signatures.filter(({ changes }) => changes).map((one) => one.name);
  const common = { tag: TAG, summary: `TensorFlow Serving's ${verb}` };
  if (verb !== 'predict') {
    return operation(name, { ...common, ...examplesCall(verb, signatures), parameters: given });
  }
  return operation(name, {
    ...common,
    ...(training.length > 0 && { description: `These change the model, one call at a time: ${training.join(', ')}.` }),
    answer: { anyOf: signatures.flatMap(answersOf) },
    requestBody: bodyOf(
      { anyOf: signatures.flatMap(bodiesOf) },
      Object.assign({}, ...signatures.map(requestExamples)),
      signatures,
    ),
    parameters: [...given, ...pictureParameters(signatures)],
  });
}

function bodiesOf({ name, inputs }: ServedSignature): Json[] {
  const signature_name = { const: name };
  const columns = object({ signature_name, inputs: columnsSchema(inputs) });
  return isByRows(inputs) ? [object({ signature_name, instances: list(rowSchema(inputs)) }), columns] : [columns];
}

function answersOf({ outputs }: ServedSignature): Json[] {
  return [
    object({ predictions: { type: 'array', items: bareIfOne(rowSchema(outputs), outputs) } }),
    object({ outputs: bareIfOne(columnsSchema(outputs), outputs) }),
  ];
}

/** Requests of tf.Examples; which features they have, the signature does not say. */
function examplesCall(verb: Verb, signatures: readonly ServedSignature[]): { answer: Json; requestBody: Json } {
  const feature = { anyOf: [...FEATURE, { type: 'array', items: { anyOf: FEATURE } }] };
  const example = { type: 'object', additionalProperties: feature };
  const body = object(
    { signature_name: { enum: signatures.map(({ name }) => name) }, context: example, examples: list(example) },
    ['examples'],
  );
  const score = { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], minItems: 2, maxItems: 2 };
  const result = verb === 'classify' ? { type: 'array', items: score } : { type: 'number' };
  return { answer: object({ results: { type: 'array', items: result } }), requestBody: bodyOf(body, {}, []) };
}

const FEATURE = [{ type: 'number' }, { type: 'string' }, object({ b64: { type: 'string' } })];

function save(name: readonly string[], parameters: readonly Json[]): Json {
  return operation([...name, 'save'], {
    tag: 'Training',
    summary: 'Save the model as it is now, as a new version beside it',
    description: 'Where the newest version is served, it is the new one from then on, and training goes on there.',
    answer: object({ version: { type: 'string' } }),
    parameters,
  });
}

const STATUS = object({
  model_version_status: {
    type: 'array',
    items: object({
      version: { type: 'string' },
      state: { enum: ['START', 'LOADING', 'AVAILABLE', 'UNLOADING', 'END'] },
      status: object({ error_code: { type: 'string' }, error_message: { type: 'string' } }),
    }),
  },
});

const METADATA = object({
  model_spec: object({ name: { type: 'string' }, version: { type: 'string' }, signature_name: { type: 'string' } }),
  metadata: object({ signature_def: object({ signature_def: { type: 'object' } }) }),
});
