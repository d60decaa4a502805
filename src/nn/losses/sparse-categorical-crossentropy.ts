import type { Output } from '../../core/output.js';
import { formatShape, knownRank, type Shape } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { logitsBehind } from './logits.js';
import { Loss, type LossOptions, lossDefaults, type MaskedValues } from './loss.js';

export interface SparseCategoricalCrossentropyArguments {
  /** Whether predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** Samples of this class do not count. Default: none. */
  ignoreClass?: number | null;
  /** Axis of the classes; only the last is known. */
  axis?: number;
}

export interface SparseCategoricalCrossentropyOptions extends LossOptions, SparseCategoricalCrossentropyArguments {}

/** Cross-entropy between class numbers and predicted classes. */
export class SparseCategoricalCrossentropy extends Loss<SparseCategoricalCrossentropyOptions> {
  static override readonly className: string = 'SparseCategoricalCrossentropy';
  static override readonly defaults = {
    ...lossDefaults('sparse_categorical_crossentropy'),
    fromLogits: false,
    ignoreClass: null,
    axis: -1,
  };

  /** Class numbers. */
  override labelSpec({ shape }: TensorSpec<Shape>): TensorSpec<Shape> {
    return { dtype: 'int32', shape: shape?.slice(0, -1) ?? null };
  }

  override perSample(yTrue: Output, yPred: Output): Output | MaskedValues {
    return maskedCrossentropy(yTrue, yPred, this.options);
  }
}

/**
 * Cross-entropy of each sample; 0 where its class is to be ignored.
 *
 * @param yTrue class numbers, [batch, ...] or [batch, ..., 1]; any number dtype
 * @param yPred probabilities or logits, [batch, ..., classes]
 * @returns [batch, ...]
 */
export function sparseCategoricalCrossentropy(
  yTrue: Output,
  yPred: Output,
  options: SparseCategoricalCrossentropyArguments = {},
): Output {
  const result = maskedCrossentropy(yTrue, yPred, options);
  return 'values' in result ? result.values : result;
}

/** As {@link sparseCategoricalCrossentropy}, telling which samples count. */
export function maskedCrossentropy(
  yTrue: Output,
  yPred: Output,
  { fromLogits = false, ignoreClass = null, axis = -1 }: SparseCategoricalCrossentropyArguments,
): Output | MaskedValues {
  const classes = classNumbers(yTrue, yPred, axis);
  if (ignoreClass === null) return crossentropy(classes, yPred, fromLogits);
  const mask = ops.notEqual(classes, ops.cast(ignoreClass, classes.dtype));
  const counted = ops.select(mask, classes, ops.zerosLike(classes));
  const values = crossentropy(counted, yPred, fromLogits);
  return { values: ops.select(mask, values, ops.zerosLike(values)), mask };
}

/** The library's fused op, which takes a matrix and a vector. */
function crossentropy(classes: Output, yPred: Output, fromLogits: boolean): Output {
  const behind = logitsBehind(yPred, 'Softmax');
  const logits = behind ?? (fromLogits ? yPred : ops.log(ops.clipByValue(yPred, EPSILON, 1 - EPSILON)));
  const shape = knownRank('sparseCategoricalCrossentropy', logits.shape);
  if (shape.length === 2) return ops.sparseSoftmaxCrossEntropyWithLogits(logits, classes).loss;
  const last = ops.slice(ops.shape(logits), [shape.length - 1], [1]);
  const matrix = ops.reshape(logits, ops.concat([[-1], last], 0));
  const { loss } = ops.sparseSoftmaxCrossEntropyWithLogits(matrix, ops.reshape(classes, [-1]));
  return ops.reshape(loss, ops.shape(classes));
}

/** Labels as integers, without a last axis of length 1. */
function classNumbers(yTrue: Output, yPred: Output, axis: number): Output {
  const where = 'sparseCategoricalCrossentropy';
  const [labels, predictions] = [knownRank(where, yTrue.shape), knownRank(where, yPred.shape)];
  if (axis !== -1 && axis !== predictions.length - 1) {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: the classes must be on the last axis, got axis ${axis}.`);
  }
  const squeezes = labels.length === predictions.length && labels.at(-1) === 1;
  const classes = squeezes ? ops.squeeze(yTrue, -1) : yTrue;
  const fits = knownRank(where, classes.shape).every((d, i) => d === null || (predictions[i] ?? d) === d);
  if (!fits || classes.shape?.length !== predictions.length - 1) {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${where}: labels are ${formatShape(labels)}, predictions ${formatShape(predictions)}; labels must be class numbers, without the axis of the classes. For one-hot labels use categoricalCrossentropy.`,
    );
  }
  return classes.dtype === 'int32' || classes.dtype === 'int64' ? classes : ops.cast(classes, 'int64');
}
