import { create } from '@bufbuild/protobuf';
import { tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import { encode } from '../../proto/codec.js';
import { type Example, ExampleSchema, type Feature, FeatureSchema } from '../../proto/examples.js';
import { type Classified, classesOf, type ExamplesMethod, valuesOf } from '../examples.js';
import { invalid } from '../invalid.js';
import type { Servable, ServedSignature, Tensors } from '../repository/servable.js';
import { base64Of, isBase64 } from './json/base64.js';
import { float32Text } from './json/float-text.js';
import { isObject, type JsonValue, member, typeName } from './json/json-value.js';
import { parseRequest } from './json/parse-json.js';
import { DEFAULT_SIGNATURE, signatureNamed } from './predict-json.js';

/** A request about tf.Examples, with a signature of that method. */
export interface ExamplesRequest {
  readonly signature: string;
  readonly inputs: Tensors;
}

/** @throws TF_INVALID_ARGUMENT; TF_FAILED_PRECONDITION for a signature of another method */
export function readExamples(servable: Servable, method: ExamplesMethod, text: string): ExamplesRequest {
  const body = parseRequest(text, true);
  const name = member(body, 'signature_name') ?? DEFAULT_SIGNATURE;
  if (typeof name !== 'string') throw invalid("'signature_name' key must be a string value.");
  const signature = signatureNamed(servable, name || DEFAULT_SIGNATURE);
  checkMethod(signature, method);
  const context = member(body, 'context');
  const examples = member(body, 'examples');
  if (examples === undefined) throw invalid(`When method is ${method}, key 'examples' is expected and was not found`);
  if (!Array.isArray(examples)) throw invalid("Expecting 'examples' value to be an list/array");
  if (examples.length === 0) throw invalid("'examples' value is an empty array");
  const shared = context === undefined ? {} : featuresOf(context);
  const encoded = examples.map((example) => encode(ExampleSchema, exampleOf({ ...shared, ...featuresOf(example) })));
  const [input = 'inputs'] = Object.keys(signature.inputs);
  return { signature: signature.name, inputs: { [input]: tensor(encoded, [encoded.length], 'string') } };
}

function checkMethod({ method }: ServedSignature, asked: ExamplesMethod): void {
  const expected = `tensorflow/serving/${asked}`;
  if (method === expected) return;
  const kind = asked === 'classify' ? 'classification' : 'regression';
  throw new TensorFlowError(
    'TF_FAILED_PRECONDITION',
    `Expected ${kind} signature method_name to be ${expected}. Was: ${method}`,
  );
}

type Features = Record<string, Feature>;

function exampleOf(feature: Features): Example {
  return create(ExampleSchema, { features: { feature } });
}

function featuresOf(example: JsonValue): Features {
  if (!isObject(example)) throw invalid(`Example must be JSON object but got JSON ${typeName(example)}`);
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, featureOf(name, value)]));
}

function featureOf(name: string, content: JsonValue): Feature {
  const values = (Array.isArray(content) ? content : [content]).map((value) => elementOf(name, value));
  const [first] = values;
  const of = <T>(is: (value: Element) => value is Extract<Element, T>): Extract<Element, T>[] => {
    if (values.every(is)) return values;
    throw invalid(`Unexpected element type in feature: ${name} expecting type: ${KINDS[typeof first] ?? 'UNKNOWN'}`);
  };
  if (first === undefined) return create(FeatureSchema);
  if (typeof first === 'number') {
    return create(FeatureSchema, { kind: { case: 'floatList', value: { value: of((v) => typeof v === 'number') } } });
  }
  if (typeof first === 'bigint') {
    const value = of((v) => typeof v === 'bigint').map(String);
    return create(FeatureSchema, { kind: { case: 'int64List', value: { value } } });
  }
  const value = of((v): v is Uint8Array<ArrayBuffer> => v instanceof Uint8Array);
  return create(FeatureSchema, { kind: { case: 'bytesList', value: { value } } });
}

type Element = number | bigint | Uint8Array<ArrayBuffer>;
const KINDS: Readonly<Record<string, string>> = { number: 'float', bigint: 'int64', object: 'bytes' };

function elementOf(name: string, value: JsonValue): Element {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) === value) return value;
    throw invalid(`Feature: ${name} has uint64 element. Only int64 is supported.`);
  }
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value));
  if (isBase64(value)) return new Uint8Array(base64Of(value));
  throw invalid(`Feature: ${name} has element with unexpected JSON type: ${typeName(value)}`);
}

/**
 * The answer to a request to classify: for each example its labels with their scores; to regress: a value each.
 *
 * @throws TF_FAILED_PRECONDITION where the signature gives something else
 */
export function writeExamples(method: ExamplesMethod, outputs: Tensors, count: number): string {
  const results =
    method === 'classify' ? classesOf(outputs, count).map(classText) : valuesOf(outputs, count).map(float32Text);
  return `{\n    "results": [${results.join(', ')}]\n}`;
}

function classText(classes: readonly Classified[]): string {
  return `[${classes.map(({ label, score }) => `[${JSON.stringify(label)}, ${float32Text(score)}]`).join(', ')}]`;
}
