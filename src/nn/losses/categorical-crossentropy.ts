import type { Output } from '../../core/output.js';
import { formatShape, knownRank } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { logitsBehind } from './logits.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';

export interface CategoricalCrossentropyArguments {
  /** Whether predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** How much of each label is spread over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
  /** Axis of the classes. Default the last. */
  axis?: number;
}

export interface CategoricalCrossentropyOptions extends LossOptions, CategoricalCrossentropyArguments {}

/** Cross-entropy between one-hot labels and predicted classes. */
export class CategoricalCrossentropy extends Loss<CategoricalCrossentropyOptions> {
  static override readonly className: string = 'CategoricalCrossentropy';
  static override readonly defaults = {
    ...lossDefaults('categorical_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
  };

  override perSample(yTrue: Output, yPred: Output): Output {
    return categoricalCrossentropy(yTrue, yPred, this.options);
  }
}

/**
 * Cross-entropy of each sample.
 *
 * @param yTrue one-hot or soft labels, [batch, ..., classes]
 * @param yPred probabilities or logits, [batch, ..., classes]
 * @returns [batch, ...]
 */
export function categoricalCrossentropy(
  yTrue: Output,
  yPred: Output,
  { fromLogits = false, labelSmoothing = 0, axis = -1 }: CategoricalCrossentropyArguments = {},
): Output {
  checkSameShape(yTrue, yPred);
  const labels = smoothed(ops.cast(yTrue, yPred.dtype), labelSmoothing);
  const behind = logitsBehind(yPred, 'Softmax');
  if (behind) return fromLastAxis(labels, behind);
  if (fromLogits) return alongLast(axis, labels, yPred);
  const total = ops.sum(yPred, axis, { keepDims: true });
  const probabilities = ops.clipByValue(ops.div(yPred, total), EPSILON, 1 - EPSILON);
  return ops.neg(ops.sum(ops.mul(labels, ops.log(probabilities)), axis));
}

/** Labels of which a share is spread over all classes. */
export function smoothed(labels: Output, labelSmoothing: number): Output {
  if (labelSmoothing === 0) return labels;
  const classes =
    labels.shape?.at(-1) ?? ops.cast(ops.gather(ops.shape(labels), ops.sub(ops.rank(labels), 1)), labels.dtype);
  return ops.add(ops.mul(labels, 1 - labelSmoothing), ops.div(ops.cast(labelSmoothing, labels.dtype), classes));
}

function alongLast(axis: number, labels: Output, logits: Output): Output {
  const order = knownRank('categoricalCrossentropy', logits.shape).map((_, i) => i);
  const at = axis < 0 ? axis + order.length : axis;
  if (at === order.length - 1) return fromLastAxis(labels, logits);
  const moved = [...order.filter((i) => i !== at), at];
  return fromLastAxis(ops.transpose(labels, moved), ops.transpose(logits, moved));
}

/** The library's fused op, which takes matrices. */
function fromLastAxis(labels: Output, logits: Output): Output {
  const shape = knownRank('categoricalCrossentropy', logits.shape);
  if (shape.length === 2) return ops.softmaxCrossEntropyWithLogits(logits, labels).loss;
  const dims = ops.shape(logits);
  const last = shape.length - 1;
  const matrix = ops.concat([[-1], ops.slice(dims, [last], [1])], 0);
  const { loss } = ops.softmaxCrossEntropyWithLogits(ops.reshape(logits, matrix), ops.reshape(labels, matrix));
  return ops.reshape(loss, ops.slice(dims, [0], [last]));
}

function checkSameShape(yTrue: Output, yPred: Output): void {
  const [labels, predictions] = [yTrue.shape, yPred.shape];
  if (!labels || !predictions) return;
  const fits = predictions.every((d, i) => d === null || labels[i] === null || d === labels[i]);
  if (fits && labels.length === predictions.length && labels.length > 0) return;
  const wayOut =
    labels.length === predictions.length - 1
      ? 'For class numbers as labels use sparseCategoricalCrossentropy.'
      : 'Labels must be one-hot, of the shape of the predictions.';
  throw new TensorFlowError(
    'ERR_LABELS',
    `categoricalCrossentropy: labels are ${formatShape(labels)}, predictions ${formatShape(predictions)}. ${wayOut}`,
  );
}
