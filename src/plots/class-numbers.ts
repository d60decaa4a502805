import { Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';

/**
 * Classes of samples: numbers `[n]` or `[n, 1]`, rows of scores or one-hot rows `[n, classes]`, of which the largest
 * counts; fractions `[n]` or `[n, 1]` are the probability of class 1.
 */
export type Classes = Tensor | TensorLike;

const THRESHOLD = 0.5;

/** The class of each sample, and how sure a row of scores is of it. */
export function classNumbers(where: string, given: Classes): { classes: number[]; scores: number[] } {
  const tensor = given instanceof Tensor ? given : toTensor(given);
  const values = Array.from(tensor.dataSync() as ArrayLike<number | bigint>, Number);
  const width = tensor.rank > 1 ? (tensor.shape.at(-1) ?? 1) : 1;
  if (tensor.rank < 1 || tensor.rank > 2 || values.length === 0) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where}: classes are expected as numbers [n] or rows of scores [n, classes], got [${tensor.shape.join(', ')}].`,
    );
  }
  if (width > 1) return strongest(values, width);
  if (values.every(Number.isInteger)) return { classes: values, scores: values.map(() => 1) };
  return {
    classes: values.map((value) => Number(value > THRESHOLD)),
    scores: values.map((value) => Math.max(value, 1 - value)),
  };
}

function strongest(values: readonly number[], width: number): { classes: number[]; scores: number[] } {
  const rows = Array.from({ length: values.length / width }, (_, row) => values.slice(row * width, (row + 1) * width));
  const scores = rows.map((row) => Math.max(...row));
  return { classes: rows.map((row, i) => row.indexOf(scores[i] ?? 0)), scores };
}

/** Names of the classes and how many samples of each (row) were taken for which (column). */
export interface Confusion {
  readonly names: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** @throws ERR_LABELS where lengths differ, or a class has no name */
export function confusionOf(
  where: string,
  yTrue: Classes,
  yPred: Classes,
  classNames: readonly string[] | undefined,
): Confusion {
  const [truth, guess] = [classNumbers(where, yTrue).classes, classNumbers(where, yPred).classes];
  if (truth.length !== guess.length) {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${where}: there are ${truth.length} labels and ${guess.length} predictions.`,
    );
  }
  const all = [...truth, ...guess];
  const length = Math.max(classNames?.length ?? 0, widthOf(yTrue), widthOf(yPred), largest(all) + 1);
  const names = classNames ?? Array.from({ length }, (_, i) => String(i));
  const odd = all.find((one) => !(Number.isInteger(one) && one >= 0 && one < names.length));
  if (odd !== undefined) {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${where}: class ${odd} is not one of the ${names.length} classes; they are numbered from 0.`,
    );
  }
  const counts = names.map(() => names.map(() => 0));
  for (const [i, one] of truth.entries()) {
    const row = counts[one] ?? [];
    const other = guess[i] ?? 0;
    row[other] = (row[other] ?? 0) + 1;
  }
  return { names, counts };
}

function widthOf(given: Classes): number {
  const shape = given instanceof Tensor ? given.shape : [];
  const width = shape.length > 1 ? (shape.at(-1) ?? 0) : 0;
  return width > 1 ? width : 0;
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
