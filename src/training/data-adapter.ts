import { formatShape } from '../core/shape.js';
import { type Tensor, toTensor } from '../core/tensor.js';
import { ArraySource } from '../data/array-source.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { type ClassWeight, classWeighted } from './class-weights.js';
import { isRecord, isValue, type Parts, partsIn, type Values } from './parts.js';
import { type Batches, openGenerator } from './several-generator.js';
import type { HostParts, Trainable } from './trainable.js';

/** Anything `fit`, `evaluate` and `predict` take for x. */
export type Input = Values | DataSource | Batches;

/** Names of a model's inputs and outputs, which tell a list of arrays from one array. */
export type Names = Pick<Trainable, 'inputNames' | 'outputNames'>;

interface Weights {
  sampleWeight?: Values | undefined;
  /** Weight of the samples of each class, by class number. */
  classWeight?: ClassWeight | undefined;
}

export interface ArrayOptions extends Weights {
  batchSize: number;
  shuffle: boolean;
}

/** Whatever was given, as a source of batches. */
export async function toSource(
  where: string,
  names: Names,
  x: Input,
  y: Values | undefined,
  options: ArrayOptions,
): Promise<DataSource> {
  if (isSource(x)) return ownSource(where, x, y, options);
  if (isGenerator(x)) return ownSource(where, await openGenerator(x, names), y, options);
  return arraySource(arrays(where, names, x, y, options), options);
}

/** Batches of arrays that are all there. */
export function arraySource(
  { tensors, layout }: HostParts,
  options: { batchSize: number; shuffle: boolean },
): DataSource {
  const { batchSize, shuffle } = options;
  return Object.assign(new ArraySource(tensors, { batchSize, shuffle }), { layout });
}

/** Whether the data is all there: a tensor, what makes one, or several of them. */
export function isArrays(x: unknown): x is Values {
  if (isValue(x)) return true;
  return isRecord(x) && !isSource(x) && Object.values(x).every(isValue);
}

function isSource(x: unknown): x is DataSource {
  return typeof x === 'object' && x !== null && 'elementSpec' in x && 'build' in x;
}

function isGenerator(x: Input): x is Batches {
  if (typeof x === 'function') return true;
  return typeof x === 'object' && x !== null && !isArrays(x) && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

/** Labels and weights are part of what a source gives; only weights of classes can be laid over them. */
function ownSource(where: string, source: DataSource, y: unknown, { sampleWeight, classWeight }: Weights): DataSource {
  const given = Object.entries({ y, sampleWeight }).find(([, value]) => value !== undefined);
  if (!given) return classWeight ? classWeighted(where, source, classWeight) : source;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: a data source brings its own labels and weights, as [x, y, weights]; leave ${given[0]} out.`,
  );
}

/** x, y and weights as tensors of one length. */
export function arrays(
  where: string,
  names: Names,
  x: Values,
  y: Values | undefined,
  weights: Weights = {},
): HostParts {
  const given = [
    { name: 'x', parts: partsIn(x, names.inputNames) },
    ...(y === undefined ? [] : [{ name: 'y', parts: partsIn(y, names.outputNames) }]),
    ...sampleWeights(where, names, y, weights),
  ];
  const tensors = given.flatMap(({ name, parts }) =>
    parts.values.map((value) => toTensor(value, name === 'sampleWeight' ? 'float32' : undefined)),
  );
  checkLengths(where, given, tensors);
  let place = 0;
  const places = given.map(({ name, parts }) => {
    const own = [name, parts.places(place)] as const;
    place += parts.values.length;
    return own;
  });
  return { tensors, layout: { x: 0, ...Object.fromEntries(places) } };
}

function checkLengths(
  where: string,
  given: readonly { name: string; parts: Parts }[],
  tensors: readonly Tensor[],
): void {
  const names = given.flatMap(({ name, parts }) =>
    parts.values.map((_, i) => (parts.values.length > 1 ? `${name} number ${i + 1}` : name)),
  );
  const length = tensors[0]?.shape[0];
  for (const [i, part] of tensors.entries()) {
    if (part.rank === 0 || part.shape[0] !== length) {
      throw new TensorFlowError(
        'ERR_LABELS',
        `${where}: x has ${length} samples, but ${names[i]} has shape ${formatShape(part.shape)}; give one row per sample.`,
      );
    }
  }
  if (!length) throw new TensorFlowError('ERR_DATA_EMPTY', `${where}: x has no samples.`);
}

function sampleWeights(
  where: string,
  names: Names,
  y: Values | undefined,
  { sampleWeight, classWeight }: Weights,
): { name: string; parts: Parts }[] {
  if (classWeight && sampleWeight !== undefined) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: give classWeight or sampleWeight, not both.`);
  }
  if (sampleWeight !== undefined) return [{ name: 'sampleWeight', parts: partsIn(sampleWeight, names.outputNames) }];
  if (!classWeight || y === undefined) return [];
  const { values } = partsIn(y, names.outputNames);
  if (values.length > 1 || (names.outputNames?.length ?? 1) > 1) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where}: classWeight is for models with one output; give sampleWeight for each output.`,
    );
  }
  const classes = values.flatMap((value) => classNumbers(toTensor(value)));
  const weights = toTensor(
    classes.map((c) => classWeight[c] ?? 1),
    'float32',
  );
  return [{ name: 'sampleWeight', parts: partsIn(weights, null) }];
}

/** The class of each label, from class numbers or one-hot rows. */
function classNumbers(y: Tensor): number[] {
  const data = Array.from(y.dataSync() as ArrayLike<number | bigint>, Number);
  const width = y.rank > 1 ? (y.shape.at(-1) ?? 1) : 1;
  if (width === 1) return data;
  return Array.from({ length: data.length / width }, (_, row) => {
    const scores = data.slice(row * width, (row + 1) * width);
    return scores.indexOf(Math.max(...scores));
  });
}

/** Keras' rule: the last fraction of the samples, before any shuffling. */
export function splitArrays(
  { tensors, layout }: HostParts,
  validationSplit: number,
): { train: HostParts; valid: HostParts } {
  const length = tensors[0]?.shape[0] ?? 0;
  const at = Math.floor(length * (1 - validationSplit));
  if (!(validationSplit > 0 && validationSplit < 1) || at === 0 || at === length) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `fit: validationSplit ${validationSplit} of ${length} samples leaves nothing to train on or to validate with.`,
    );
  }
  const rows = (begin: number, end: number): HostParts => ({ tensors: tensors.map((t) => t.rows(begin, end)), layout });
  return { train: rows(0, at), valid: rows(at, length) };
}
