import { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { type Classes, classNumbers } from './class-numbers.js';
import { type GridPicture, type ImageGridOptions, imageGrid } from './image-grid.js';

export interface MisclassifiedOptions extends Omit<ImageGridOptions, 'titles'> {
  /** In the order of their numbers. @default the numbers */
  readonly classNames?: readonly string[] | undefined;
  /** Most pictures. @default 25 */
  readonly count?: number | undefined;
}

const WHERE = 'plots.misclassified';

/**
 * Draws the pictures that were taken for another class, the surest mistakes first: each as what it was taken for, and how
 * surely.
 *
 * @param pictures paths, or one tensor of all, as {@link imageGrid} takes them, in the order of the labels
 * @param yTrue class numbers, or one-hot rows
 * @param yPred what `predict` gave, or class numbers
 * @returns the grid as SVG, whether `file` is given or not.
 * @throws TensorFlowError `ERR_DATA_EMPTY` where nothing is wrong, `ERR_LABELS` for different lengths, and as `imageGrid`.
 * @example
 * await tf.plots.misclassified(flow.filepaths, flow.classes, await model.predict(flow), { file: 'mistakes.png' });
 */
export async function misclassified(
  pictures: readonly GridPicture[] | Tensor,
  yTrue: Classes,
  yPred: Classes,
  { classNames, count = 25, ...grid }: MisclassifiedOptions = {},
): Promise<string> {
  const truth = classNumbers(WHERE, yTrue).classes;
  const { classes: guess, scores } = classNumbers(WHERE, yPred);
  const all = pictures instanceof Tensor ? (pictures.shape[0] ?? 0) : pictures.length;
  if (truth.length !== guess.length || all !== truth.length) {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${WHERE}: there are ${all} pictures, ${truth.length} labels and ${guess.length} predictions; give as many of each.`,
    );
  }
  const score = (i: number): number => scores[i] ?? 0;
  const wrong = [...truth.keys()].filter((i) => truth[i] !== guess[i]).sort((a, b) => score(b) - score(a));
  if (wrong.length === 0)
    throw new TensorFlowError('ERR_DATA_EMPTY', `${WHERE}: every picture was taken for its own class.`);
  const name = (one: number | undefined): string => classNames?.[one ?? 0] ?? String(one);
  const chosen = wrong.slice(0, count);
  return imageGrid(
    chosen.map((i) => (pictures instanceof Tensor ? pictures.rows(i, i + 1) : (pictures[i] ?? ''))),
    { ...grid, titles: chosen.map((i) => `${name(truth[i])} as ${name(guess[i])} ${score(i).toFixed(2)}`) },
  );
}
