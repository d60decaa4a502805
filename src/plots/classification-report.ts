import { type Classes, confusionOf } from './class-numbers.js';

export interface ClassScores {
  /** Of the samples taken for the class, the share that is of it; 0 where there are none. */
  readonly precision: number;
  /** Of the samples of the class, the share taken for it; 0 where there are none. */
  readonly recall: number;
  /** Harmonic mean of both. */
  readonly f1: number;
  /** Samples of the class. */
  readonly support: number;
}

export interface ClassificationReport {
  /** By name, in order. */
  readonly classes: Readonly<Record<string, ClassScores>>;
  readonly accuracy: number;
  /** Means over the classes. */
  readonly macroAverage: ClassScores;
  /** Means over the classes, each as often as it has samples. */
  readonly weightedAverage: ClassScores;
  /** Samples of each class (row) by what they were taken for (column). */
  readonly confusion: readonly (readonly number[])[];
  /** The table, to be printed. */
  toString(): string;
}

export interface ClassificationReportOptions {
  /** In the order of their numbers. @default the numbers */
  readonly classNames?: readonly string[] | undefined;
  /** Digits after the point. @default 2 */
  readonly digits?: number | undefined;
}

const COLUMNS = ['precision', 'recall', 'f1-score', 'support'];
const GAP = 10;

/**
 * Precision, recall and F1 of each class, as scikit-learn's `classification_report` has them.
 *
 * @param yTrue class numbers, or one-hot rows
 * @param yPred class numbers, or what `predict` gave
 * @throws TensorFlowError `ERR_LABELS` for different lengths or a class without a name, `ERR_SHAPE`.
 * @example
 * console.log(String(tf.plots.classificationReport(validFlow.classes, await model.predict(validFlow))));
 */
export function classificationReport(
  yTrue: Classes,
  yPred: Classes,
  { classNames, digits = 2 }: ClassificationReportOptions = {},
): ClassificationReport {
  const { names, counts } = confusionOf('plots.classificationReport', yTrue, yPred, classNames);
  const scores = names.map((_, one) => scoresOf(counts, one));
  const total = sum(scores.map(({ support }) => support));
  const report = {
    classes: Object.fromEntries(names.map((name, i) => [name, scores[i] as ClassScores])),
    accuracy: ratio(sum(counts.map((row, i) => row[i] ?? 0)), total),
    macroAverage: mean(scores, () => 1),
    weightedAverage: mean(scores, ({ support }) => support),
    confusion: counts,
  };
  return { ...report, toString: () => table(report, digits) };
}

function scoresOf(counts: readonly (readonly number[])[], one: number): ClassScores {
  const right = counts[one]?.[one] ?? 0;
  const support = sum(counts[one] ?? []);
  const precision = ratio(right, sum(counts.map((row) => row[one] ?? 0)));
  const recall = ratio(right, support);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), support };
}

function mean(scores: readonly ClassScores[], weight: (one: ClassScores) => number): ClassScores {
  const over = (key: 'precision' | 'recall' | 'f1') =>
    ratio(sum(scores.map((one) => one[key] * weight(one))), sum(scores.map(weight)));
  return {
    precision: over('precision'),
    recall: over('recall'),
    f1: over('f1'),
    support: sum(scores.map(({ support }) => support)),
  };
}

function table(report: Omit<ClassificationReport, 'toString'>, digits: number): string {
  const { classes, accuracy, macroAverage, weightedAverage } = report;
  const width = Math.max('weighted avg'.length, ...Object.keys(classes).map(({ length }) => length));
  const row = (name: string, cells: readonly string[]): string =>
    name.padStart(width) + cells.map((cell) => cell.padStart(GAP)).join('');
  const line = (name: string, { precision, recall, f1, support }: ClassScores): string =>
    row(name, [...[precision, recall, f1].map((value) => value.toFixed(digits)), String(support)]);
  return [
    row('', COLUMNS),
    '',
    ...Object.entries(classes).map(([name, scores]) => line(name, scores)),
    '',
    row('accuracy', ['', '', accuracy.toFixed(digits), String(macroAverage.support)]),
    line('macro avg', macroAverage),
    line('weighted avg', weightedAverage),
  ].join('\n');
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
