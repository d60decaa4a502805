import type { Output } from '../../core/output.js';
import { formatShape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { logitsBehind } from './logits.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';

export interface BinaryCrossentropyArguments {
  /** Whether predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** How far labels are drawn towards 0.5, 0 to 1. Default 0. */
  labelSmoothing?: number;
  /** Axis the mean is taken over. Default the last. */
  axis?: number;
}

export interface BinaryCrossentropyOptions extends LossOptions, BinaryCrossentropyArguments {}

/** Cross-entropy between labels 0 or 1 and predicted probabilities. */
export class BinaryCrossentropy extends Loss<BinaryCrossentropyOptions> {
  static override readonly className: string = 'BinaryCrossentropy';
  static override readonly defaults = {
    ...lossDefaults('binary_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
  };

  override perSample(yTrue: Output, yPred: Output): Output {
    return binaryCrossentropy(yTrue, yPred, this.options);
  }
}

/**
 * Mean cross-entropy of each sample.
 *
 * @param yTrue labels 0 or 1, [batch, ..., n]
 * @param yPred probabilities or logits of the same shape
 * @returns [batch, ...]
 */
export function binaryCrossentropy(
  yTrue: Output,
  yPred: Output,
  { fromLogits = false, labelSmoothing = 0, axis = -1 }: BinaryCrossentropyArguments = {},
): Output {
  const labels = towardsHalf(ops.cast(yTrue, yPred.dtype), labelSmoothing);
  return ops.mean(elementwise(labels, yPred, fromLogits), axis);
}

/** Labels drawn towards 0.5. */
export function towardsHalf(labels: Output, labelSmoothing: number): Output {
  return labelSmoothing === 0 ? labels : ops.add(ops.mul(labels, 1 - labelSmoothing), labelSmoothing / 2);
}

/** Cross-entropy of every element. */
export function elementwise(labels: Output, yPred: Output, fromLogits: boolean): Output {
  checkSameShape(labels, yPred);
  const logits = logitsBehind(yPred, 'Sigmoid') ?? (fromLogits ? yPred : null);
  if (logits) {
    // max(z, 0) − z·label + log(1 + exp(−|z|)): no overflow. Why: with selects the gradient at z = 0 is right, too.
    const positive = ops.greaterEqual(logits, 0);
    const negative = ops.neg(logits);
    const tail = ops.log1p(ops.exp(ops.select(positive, negative, logits)));
    const head = ops.select(positive, logits, ops.zerosLike(logits));
    return ops.add(ops.sub(head, ops.mul(logits, labels)), tail);
  }
  const p = ops.clipByValue(yPred, EPSILON, 1 - EPSILON);
  const positive = ops.mul(labels, ops.log(p));
  return ops.neg(ops.add(positive, ops.mul(ops.sub(1, labels), ops.log(ops.sub(1, p)))));
}

function checkSameShape(labels: Output, yPred: Output): void {
  const [got, expected] = [labels.shape, yPred.shape];
  if (!got || !expected) return;
  const fits = expected.every((d, i) => d === null || got[i] === null || d === got[i]);
  if (fits && got.length === expected.length) return;
  throw new TensorFlowError(
    'ERR_LABELS',
    `binaryCrossentropy: labels are ${formatShape(got)}, predictions ${formatShape(expected)}; both must have one shape.`,
  );
}
