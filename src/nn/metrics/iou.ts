import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { Metric, type MetricOptions, metricDefaults } from './metric.js';
import { weightOf } from './weighting.js';

// Labels and predictions are class numbers, [batch, ...], or class scores along `axis` where they are not sparse.

export interface OneHotMeanIoUOptions extends MetricOptions {
  /** How many classes there are; others are left out. */
  numClasses: number;
  /** A class whose labels do not count, such as 255 for void. Default none. */
  ignoreClass?: number | null;
  /** Whether predictions are class numbers, not scores. */
  sparseYPred?: boolean;
  /** Where class scores are. Default the last axis. */
  axis?: number;
  /** Of the state; in whole numbers sample weights lose their fractions, as in Keras. Default `int64`. */
  dtype?: string;
}

export interface MeanIoUOptions extends OneHotMeanIoUOptions {
  /** Whether labels are class numbers, not scores. */
  sparseYTrue?: boolean;
}

export interface OneHotIoUOptions extends OneHotMeanIoUOptions {
  /** The classes whose mean is the result. */
  targetClassIds: readonly number[];
}

export interface IoUOptions extends OneHotIoUOptions, MeanIoUOptions {}

export interface BinaryIoUOptions extends MetricOptions {
  /** The classes, 0 and 1, whose mean is the result. Default both. */
  targetClassIds?: readonly number[];
  /** Predictions from it up are of class 1. Default 0.5. */
  threshold?: number;
}

/** What overlaps of labels and predictions, by all that either covers, of some classes. */
abstract class OverlapOfClasses<O extends MetricOptions> extends Metric<O> {
  protected abstract readonly numClasses: number;
  protected abstract readonly targets: readonly number[];
  protected readonly ignoreClass: number | null = null;

  /** Class numbers, of any dtype. */
  protected abstract labelClasses(yTrue: Output): Output;
  protected abstract predictionClasses(yPred: Output): Output;

  protected override makeState(): void {
    this.addState('total_confusion_matrix', [this.numClasses, this.numClasses]);
  }

  override update(yTrue: Output, yPred: Output, sampleWeight?: Output, mask?: Output): void {
    const n = this.numClasses;
    const labels = ops.cast(this.labelClasses(yTrue), 'int64');
    const flat = ops.reshape(labels, [-1]);
    const predictions = ops.reshape(ops.cast(this.predictionClasses(yPred), 'int64'), [-1]);
    const weights = ops.reshape(weightOf(labels, this.dtype, sampleWeight, mask), [-1]);
    // Why: the sum over segments leaves out what has a negative number.
    const cell = ops.select(this.#counts(flat, predictions), ops.add(ops.mul(flat, n), predictions), -1);
    const matrix = ops.reshape(ops.unsortedSegmentSum(weights, cell, n * n), [n, n]);
    this.state('total_confusion_matrix').assignAdd(matrix);
  }

  /** The mean over the classes that occur, a float32 scalar. */
  override result(): Output {
    const matrix = this.state('total_confusion_matrix').read();
    const both = ops.diagPart(matrix);
    const either = ops.sub(ops.add(ops.sum(matrix, 0), ops.sum(matrix, 1)), both);
    const [shared, covered] = [both, either].map((x) => ops.cast(ops.gather(x, this.targets), 'float32')) as [
      Output,
      Output,
    ];
    const occurs = ops.greater(covered, 1e-9);
    const overlap = ops.select(occurs, ops.div(shared, ops.add(covered, EPSILON)), 0);
    return ops.div(ops.sum(overlap), ops.add(ops.sum(ops.cast(occurs, 'float32')), EPSILON));
  }

  #counts(labels: Output, predictions: Output): Output {
    const inside = (x: Output): Output => ops.logicalAnd(ops.greaterEqual(x, 0), ops.less(x, this.numClasses));
    const both = ops.logicalAnd(inside(labels), inside(predictions));
    return this.ignoreClass === null ? both : ops.logicalAnd(both, ops.notEqual(labels, this.ignoreClass));
  }
}

/** Of class numbers or scores. */
abstract class OverlapOfMany<O extends OneHotMeanIoUOptions> extends OverlapOfClasses<O> {
  readonly #options = { sparseYTrue: false, ...this.options } as Readonly<Required<MeanIoUOptions>>;
  protected override readonly numClasses = checkNumClasses(this.className, this.#options.numClasses);
  protected override readonly ignoreClass = this.#options.ignoreClass;
  protected override readonly targets = this.targetsOf(this.#options);

  /** The classes whose mean is the result. */
  protected targetsOf({ numClasses, targetClassIds }: { numClasses: number; targetClassIds?: readonly number[] }) {
    if (!targetClassIds) return Array.from({ length: numClasses }, (_, i) => i);
    return checkTargets(this.className, targetClassIds, numClasses);
  }

  protected override labelClasses(yTrue: Output): Output {
    return this.#options.sparseYTrue ? yTrue : ops.argMax(yTrue, this.#options.axis);
  }

  protected override predictionClasses(yPred: Output): Output {
    return this.#options.sparseYPred ? yPred : ops.argMax(yPred, this.#options.axis);
  }
}

const defaultsOf = (name: string) => ({
  ...metricDefaults(name),
  dtype: 'int64',
  numClasses: undefined,
  ignoreClass: null,
  axis: -1,
});

/** The mean overlap of chosen classes. */
export class IoU extends OverlapOfMany<IoUOptions> {
  static override readonly className: string = 'IoU';
  static override readonly defaults = {
    ...defaultsOf('io_u'),
    targetClassIds: undefined,
    sparseYTrue: true,
    sparseYPred: true,
  };
}

/** The mean overlap of all classes. */
export class MeanIoU extends OverlapOfMany<MeanIoUOptions> {
  static override readonly className: string = 'MeanIoU';
  static override readonly defaults = { ...defaultsOf('mean_io_u'), sparseYTrue: true, sparseYPred: true };
}

/** The mean overlap of chosen classes, of labels and predictions with one score for each class. */
export class OneHotIoU extends OverlapOfMany<OneHotIoUOptions> {
  static override readonly className: string = 'OneHotIoU';
  static override readonly defaults = {
    ...defaultsOf('one_hot_io_u'),
    targetClassIds: undefined,
    sparseYPred: false,
  };
}

/** The mean overlap of all classes, of labels and predictions with one score for each class. */
export class OneHotMeanIoU extends OverlapOfMany<OneHotMeanIoUOptions> {
  static override readonly className: string = 'OneHotMeanIoU';
  static override readonly defaults = { ...defaultsOf('one_hot_mean_io_u'), sparseYPred: false };
}

/** The mean overlap of the two sides of a threshold. */
export class BinaryIoU extends OverlapOfClasses<BinaryIoUOptions> {
  static override readonly className: string = 'BinaryIoU';
  static override readonly defaults = {
    ...metricDefaults('binary_io_u'),
    dtype: 'int64',
    targetClassIds: [0, 1],
    threshold: 0.5,
  };

  protected override readonly numClasses = 2;
  protected override readonly targets = checkTargets(this.className, this.options.targetClassIds, 2);

  protected override labelClasses(yTrue: Output): Output {
    return yTrue;
  }

  protected override predictionClasses(yPred: Output): Output {
    return ops.greaterEqual(ops.cast(yPred, 'float32'), this.options.threshold);
  }
}

function checkNumClasses(where: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}.numClasses must be a whole number from 1 up, got ${value}.`);
}

function checkTargets(where: string, targets: readonly number[], numClasses: number): readonly number[] {
  const wrong = targets.find((target) => !(Number.isInteger(target) && target >= 0 && target < numClasses));
  if (wrong === undefined && targets.length > 0) return targets;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}.targetClassIds must be one or more classes from 0 to ${numClasses - 1}, got [${targets.join(', ')}].`,
  );
}
