import { shapeToNative } from '../core/shape.js';
import type { Tensor } from '../core/tensor.js';
import { packageVersion } from '../core/version.js';
import { codeOf } from '../errors/errors.js';
import { DEFAULT_SIGNATURE, signatureNamed } from './http/predict-json.js';
import { invalid } from './invalid.js';
import { datatypeOf } from './kserve-tensors.js';
import { readTensors } from './read-tensors.js';
import type { Repository, ServedModelVersions, VersionSpec } from './repository/repository.js';
import type { Servable, ServedSignature, ServedTensors, Tensors } from './repository/servable.js';

/** What KServe's inference protocol, version 2, says and asks, over REST and gRPC alike. */

/** Of the server. */
export const SERVER_METADATA = { name: 'libtensorflow-node', version: packageVersion } as const;
/** As Triton calls what runs SavedModels. */
const PLATFORM = 'tensorflow_savedmodel';

export interface KserveTensor {
  readonly name: string;
  readonly datatype: string;
  /** -1 for what is open; of an unknown rank nothing more is said. */
  readonly shape: readonly number[];
}

export interface KserveMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly KserveTensor[];
  readonly outputs: readonly KserveTensor[];
}

/** What a version of a model is asked by default. */
export function modelMetadata(model: ServedModelVersions, servable: Servable): KserveMetadata {
  const { inputs, outputs } = signatureAsked(servable);
  const versions = model.versions.map(String).reverse();
  return { name: model.name, versions, platform: PLATFORM, inputs: described(inputs), outputs: described(outputs) };
}

function described(tensors: ServedTensors): KserveTensor[] {
  return Object.entries(tensors).map(([name, { dtype, shape }]) => {
    return { name, datatype: datatypeOf(dtype), shape: shapeToNative(shape) ?? [-1] };
  });
}

/** The version that a text names: a number, a label, or the newest where it is empty. */
export function versionNamed(text: string): VersionSpec {
  if (text === '') return {};
  return /^\d+$/.test(text) ? { version: Number(text) } : { label: text };
}

/** @throws TF_INVALID_ARGUMENT for a label nobody knows */
export function isLoaded(repository: Repository, name: string, spec: VersionSpec): boolean {
  try {
    repository.model(name).versionOf(spec);
    return true;
  } catch (error) {
    if (codeOf(error) === 'TF_NOT_FOUND') return false;
    throw error;
  }
}

/**
 * The signature that the parameter `signature_name` names, else the default one, else the only one.
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function signatureAsked(servable: Servable, name?: string): ServedSignature {
  const { signatures } = servable;
  const [only, second] = signatures.values();
  const otherwise = only && !second ? only.name : DEFAULT_SIGNATURE;
  return signatureNamed(servable, name || otherwise);
}

/** An input as its protocol gives it. */
export interface NamedInput {
  readonly name: string;
}

/**
 * The tensors of the inputs, one for each of the signature's. Owner: the caller.
 *
 * @throws TF_INVALID_ARGUMENT; what `read` throws, with the input's name
 */
export function inputsOf<T extends NamedInput>(
  { inputs: expected }: ServedSignature,
  inputs: readonly T[],
  read: (input: T, index: number) => Tensor,
): Tensors {
  checkInputs(
    inputs.map(({ name }) => name),
    Object.keys(expected),
  );
  const named = inputs.map((input) => [input.name, input] as const);
  return readTensors(named, read, (name) => `input '${name}'`);
}

function checkInputs(given: readonly string[], expected: readonly string[]): void {
  const takes = `the signature takes ${expected.join(', ')}`;
  const extra = given.find((name, i) => !expected.includes(name) || given.indexOf(name) < i);
  if (extra !== undefined) throw invalid(`unexpected inference input '${extra}'; ${takes}`);
  const missing = expected.find((name) => !given.includes(name));
  if (missing !== undefined) throw invalid(`inference input '${missing}' is missing; ${takes}`);
}

/**
 * Names of the outputs to give: those asked for, else all.
 *
 * @throws TF_INVALID_ARGUMENT
 */
export function outputsAsked({ outputs }: ServedSignature, asked: readonly { readonly name: string }[]): string[] {
  const known = Object.keys(outputs);
  const wrong = asked.find(({ name }) => !known.includes(name));
  if (wrong) throw invalid(`unexpected inference output '${wrong.name}'; the signature gives ${known.join(', ')}`);
  return asked.length === 0 ? known : [...new Set(asked.map(({ name }) => name))];
}
