import { formatShape } from '../core/shape.js';
import { isTypedArray, Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { ArraySource } from '../data/array-source.js';
import { type BatchGenerator, GeneratorSource } from '../data/generator-source.js';
import type { DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';

/** Anything `fit`, `evaluate` and `predict` take for x. */
export type Input = Tensor | TensorLike | DataSource | BatchGenerator;

export interface ArrayOptions {
  batchSize: number;
  shuffle: boolean;
  sampleWeight?: Tensor | TensorLike | undefined;
  /** Weight of the samples of each class, by class number. */
  classWeight?: Readonly<Record<number, number>> | undefined;
}

/** Whatever was given, as a source of batches. */
export async function toSource(
  where: string,
  x: Input,
  y: Tensor | TensorLike | undefined,
  options: ArrayOptions,
): Promise<DataSource> {
  if (isSource(x)) return refuseExtras(where, x, y, options);
  if (isGenerator(x)) {
    const source = new GeneratorSource(x);
    await source.open();
    return refuseExtras(where, source, y, options);
  }
  return new ArraySource(arrays(where, x, y, options), { batchSize: options.batchSize, shuffle: options.shuffle });
}

/** Whether the data is all there: a tensor or what makes one. */
export function isArray(x: Input): x is Tensor | TensorLike {
  return x instanceof Tensor || Array.isArray(x) || isTypedArray(x);
}

export function isSource(x: Input): x is DataSource {
  return typeof x === 'object' && x !== null && 'elementSpec' in x && 'build' in x;
}

function isGenerator(x: Input): x is BatchGenerator {
  if (typeof x === 'function') return true;
  return typeof x === 'object' && x !== null && !isArray(x) && (Symbol.asyncIterator in x || Symbol.iterator in x);
}

/** Labels and weights are part of what a source gives. */
function refuseExtras(
  where: string,
  source: DataSource,
  y: unknown,
  { sampleWeight, classWeight }: ArrayOptions,
): DataSource {
  const given = Object.entries({ y, sampleWeight, classWeight }).find(([, value]) => value !== undefined);
  if (!given) return source;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: a data source brings its own labels and weights, as [x, y, weights]; leave ${given[0]} out.`,
  );
}

/** x, y and weights as tensors of one length. */
export function arrays(
  where: string,
  x: Tensor | TensorLike,
  y: Tensor | TensorLike | undefined,
  { sampleWeight, classWeight }: Pick<ArrayOptions, 'sampleWeight' | 'classWeight'> = {},
): Tensor[] {
  const parts = [toTensor(x)];
  if (y !== undefined) parts.push(toTensor(y));
  const weight = sampleWeights(where, parts[1], sampleWeight, classWeight);
  if (weight) parts.push(weight);
  const length = parts[0]?.shape[0];
  for (const [i, part] of parts.entries()) {
    if (part.rank === 0 || part.shape[0] !== length) {
      const name = ['x', 'y', 'sampleWeight'][i];
      throw new TensorFlowError(
        'ERR_LABELS',
        `${where}: x has ${length} samples, but ${name} has shape ${formatShape(part.shape)}; give one row per sample.`,
      );
    }
  }
  if (!length) throw new TensorFlowError('ERR_DATA_EMPTY', `${where}: x has no samples.`);
  return parts;
}

function sampleWeights(
  where: string,
  y: Tensor | undefined,
  sampleWeight: Tensor | TensorLike | undefined,
  classWeight: Readonly<Record<number, number>> | undefined,
): Tensor | undefined {
  if (classWeight && sampleWeight !== undefined) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: give classWeight or sampleWeight, not both.`);
  }
  if (classWeight && y)
    return toTensor(
      classNumbers(y).map((c) => classWeight[c] ?? 1),
      'float32',
    );
  return sampleWeight === undefined ? undefined : toTensor(sampleWeight, 'float32');
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
export function splitArrays(parts: readonly Tensor[], validationSplit: number): { train: Tensor[]; valid: Tensor[] } {
  const length = parts[0]?.shape[0] ?? 0;
  const at = Math.floor(length * (1 - validationSplit));
  if (!(validationSplit > 0 && validationSplit < 1) || at === 0 || at === length) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `fit: validationSplit ${validationSplit} of ${length} samples leaves nothing to train on or to validate with.`,
    );
  }
  return { train: parts.map((t) => t.rows(0, at)), valid: parts.map((t) => t.rows(at, length)) };
}
