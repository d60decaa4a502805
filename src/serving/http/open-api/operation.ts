import { defaultRescale, pictureInputOf } from '../../picture-input.js';
import type { ServedSignature } from '../../repository/servable.js';
import { isLarge } from './examples.js';
import type { Json } from './schema.js';

export interface OperationOptions {
  readonly tag: string;
  readonly summary: string;
  /** Schema of the answer. */
  readonly answer: Json;
  /** Type of the answer. Default `application/json`. */
  readonly type?: string;
  readonly description?: string;
  readonly requestBody?: Json;
  readonly parameters?: readonly Json[];
  /** By HTTP status. Default: TensorFlow Serving's error, for every other one. */
  readonly failures?: Json;
}

const ERROR = {
  default: {
    description: 'What is wrong',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  },
};

/** @param name its parts; generated clients call it by them */
export function operation(name: readonly string[], options: OperationOptions): Json {
  const { tag, summary, description, answer, type = 'application/json', requestBody, parameters } = options;
  return {
    operationId: name.map((part) => part.replace(/\W+/g, '_')).join('_'),
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(parameters && { parameters }),
    ...(requestBody && { requestBody }),
    responses: {
      '200': { description: 'The answer', content: { [type]: { schema: answer } } },
      ...(options.failures ?? ERROR),
    },
  };
}

/**
 * A body of JSON; where a signature takes pictures also a file of one, which comes first where the JSON would be long.
 */
export function bodyOf(schema: Json, examples: Json, signatures: readonly ServedSignature[]): Json {
  const json = { 'application/json': { schema, examples } };
  const pictured = signatures.find(pictureInputOf);
  if (!pictured) return { required: true, content: json };
  const picture = { 'image/*': { schema: { type: 'string', format: 'binary' } } };
  const content = isLarge(pictured.inputs) ? { ...picture, ...json } : { ...json, ...picture };
  return { required: true, content };
}

/** What goes along with a picture. */
export function pictureParameters(signatures: readonly ServedSignature[], named = false): readonly Json[] {
  const pictured = signatures.filter(pictureInputOf);
  const input = pictured[0] && pictureInputOf(pictured[0]);
  if (!input) return [];
  const choice: Json = {
    name: 'signature_name',
    in: 'query',
    description: 'For a picture: which signature it is for. JSON names it in the body.',
    schema: { enum: pictured.map(({ name }) => name) },
  };
  const rescale: Json = {
    name: 'rescale',
    in: 'query',
    description: `For a picture: what its bytes 0 … 255 are multiplied by. Default ${defaultRescale(input) === 1 ? 1 : '1/255'}.`,
    schema: { type: 'number' },
  };
  return [...(named ? [] : [choice]), ...(input.picture ? [rescale] : [])];
}

/** A part of an address, one of these. */
export function pathParameter(name: string, values: readonly string[]): Json {
  return { name, in: 'path', required: true, schema: { type: 'string', enum: values }, example: values[0] };
}
