import { readFileSync } from 'node:fs';
import { Program } from '../core/program.js';
import { spec } from '../core/spec.js';
import { type Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { NativeCallable } from '../native/binding.js';
import * as ops from '../ops/index.js';
import { modelFile } from './keras-home.js';
import { fetchStored, storedFile } from './model-store.js';

export interface DecodeOptions {
  /** How many classes of each picture. Default 5. */
  top?: number;
  /** A class index file. Default: ImageNet's, in Keras' cache folder. */
  classIndex?: string;
}

/** A class, and how sure the network is of it. */
export interface ScoredClass {
  /** WordNet's number of the class. */
  readonly wnid: string;
  readonly name: string;
  readonly score: number;
}

/** Class numbers to WordNet's numbers and names. */
type ClassIndex = Readonly<Record<string, readonly [wnid: string, name: string]>>;

const IMAGENET = storedFile(
  'download.tensorflow.org/data/imagenet_class_index.json',
  'c2c37ea517e94d9795004a39431a14cb',
);

const indexes = new Map<string, ClassIndex>();
let best: NativeCallable | undefined;

/**
 * Brings ImageNet's class index into Keras' cache folder, where {@link decodePredictions} reads it. A network with
 * ImageNet's classes and weights has done so already.
 *
 * @returns its path
 * @throws ERR_DOWNLOAD, ERR_NOT_WRITABLE
 */
export function fetchClassIndex(): Promise<string> {
  return fetchStored(IMAGENET);
}

/**
 * The likeliest classes of each picture, the likeliest first (Keras `decode_predictions`).
 *
 * @param scores `[pictures, classes]`, as the network gives them
 * @throws ERR_SHAPE where there are not as many scores as classes; ERR_NOT_READABLE, ERR_FILE_FORMAT for the class index
 * @example
 * console.table(decodePredictions(scores, { top: 5 })[0]);   // [{ wnid, name, score }]
 */
export function decodePredictions(scores: Tensor | TensorLike, options: DecodeOptions = {}): ScoredClass[][] {
  checkOptions('decodePredictions', options, ['top', 'classIndex']);
  const { top = 5, classIndex = modelFile(IMAGENET.name) } = options;
  const index = classIndexOf(classIndex);
  const count = Object.keys(index).length;
  const host = toTensor(scores, 'float32');
  if (host.rank !== 2 || host.shape[1] !== count) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `decodePredictions takes scores of [pictures, ${count}], got [${host.shape.join(', ')}]; give those of a network with the ${count} classes of ${classIndex}.`,
    );
  }
  if (!Number.isInteger(top) || top < 1) {
    throw new TensorFlowError('ERR_ARGUMENT', `decodePredictions: top must be a whole number from 1 up, got ${top}.`);
  }
  const k = Math.min(top, count);
  const { values, indices } = largest(host, k);
  if (host !== scores) host.dispose();
  return Array.from({ length: values.length / k }, (_, row) =>
    Array.from({ length: k }, (_, i) => {
      const [wnid, name] = index[String(indices[row * k + i])] ?? ['', ''];
      return { wnid, name, score: values[row * k + i] ?? Number.NaN };
    }),
  );
}

function largest(scores: Tensor, k: number): { values: Float32Array; indices: Int32Array } {
  best ??= bestOf();
  const count = toTensor(k, 'int32');
  const [values, indices] = best.runSync([scores.native, count.native]);
  count.dispose();
  if (!values || !indices) throw new RangeError('no results');
  return { values: new Float32Array(values.buffer()), indices: new Int32Array(indices.buffer()) };
}

function bestOf(): NativeCallable {
  const program = new Program({ seed: 0 });
  const inputs = { scores: spec('float32', [null, null]), k: spec('int32', []) };
  const made = program.trace('decode_predictions', inputs, ({ scores, k }) => ({ ...ops.topKV2(scores, k) }));
  return program.callable([made.inputs.scores, made.inputs.k], [made.outputs.values, made.outputs.indices]);
}

/** Read once. */
function classIndexOf(path: string): ClassIndex {
  const found = indexes.get(path) ?? readClassIndex(path);
  indexes.set(path, found);
  return found;
}

function readClassIndex(path: string): ClassIndex {
  const text = readText(path);
  try {
    const parsed: unknown = JSON.parse(text);
    if (isClassIndex(parsed)) return parsed;
  } catch {
    // Not JSON at all; the same to the user as JSON of another kind.
  }
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `${path} is no class index, which is one object of { "0": ["n01440764", "tench"], … } without gaps; remove it and fetch it again.`,
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `The class index ${path} cannot be read (${messageOf(cause)}); await fetchClassIndex() once, or give classIndex: a path.`,
      { cause },
    );
  }
}

function isClassIndex(value: unknown): value is ClassIndex {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length > 0 && entries.every(([, row]) => isRow(row)) && entries.every((_, i) => String(i) in value);
}

function isRow(row: unknown): boolean {
  return Array.isArray(row) && row.length === 2 && row.every((text) => typeof text === 'string');
}
