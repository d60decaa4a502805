import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { type BinaryCrossentropyArguments, elementwise, towardsHalf } from './binary-crossentropy.js';
import { type CategoricalCrossentropyArguments, smoothed } from './categorical-crossentropy.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';

/** Cross-entropy in which what is already predicted well counts less. */
export interface FocalArguments {
  /** Weight of the positive class, or of all. Default 0.25. */
  alpha?: number;
  /** How much less: 0 is plain cross-entropy. Default 2. */
  gamma?: number;
}

export interface BinaryFocalCrossentropyArguments extends BinaryCrossentropyArguments, FocalArguments {
  /** Whether `alpha` weighs labels 1, and 1 − alpha labels 0. Default false: neither. */
  applyClassBalancing?: boolean;
}

export interface BinaryFocalCrossentropyOptions extends LossOptions, BinaryFocalCrossentropyArguments {}

export class BinaryFocalCrossentropy extends Loss<BinaryFocalCrossentropyOptions> {
  static override readonly className: string = 'BinaryFocalCrossentropy';
  static override readonly defaults = {
    ...lossDefaults('binary_focal_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
    applyClassBalancing: false,
    alpha: 0.25,
    gamma: 2,
  };

  override perSample(yTrue: Output, yPred: Output): Output {
    return binaryFocalCrossentropy(yTrue, yPred, this.options);
  }
}

/** [batch, ...] from labels 0 or 1 and predictions, [batch, ..., n]. */
export function binaryFocalCrossentropy(
  yTrue: Output,
  yPred: Output,
  {
    applyClassBalancing = false,
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
  }: BinaryFocalCrossentropyArguments = {},
): Output {
  const labels = towardsHalf(ops.cast(yTrue, yPred.dtype), labelSmoothing);
  const p = fromLogits ? ops.sigmoid(yPred) : yPred;
  const others = ops.sub(1, labels);
  const right = ops.add(ops.mul(labels, p), ops.mul(others, ops.sub(1, p)));
  const focal = ops.mul(ops.pow(ops.sub(1, right), gamma), elementwise(labels, p, false));
  if (!applyClassBalancing) return ops.mean(focal, axis);
  const weight = ops.add(ops.mul(labels, alpha), ops.mul(others, 1 - alpha));
  return ops.mean(ops.mul(weight, focal), axis);
}

export interface CategoricalFocalCrossentropyArguments extends CategoricalCrossentropyArguments, FocalArguments {}

export interface CategoricalFocalCrossentropyOptions extends LossOptions, CategoricalFocalCrossentropyArguments {}

export class CategoricalFocalCrossentropy extends Loss<CategoricalFocalCrossentropyOptions> {
  static override readonly className: string = 'CategoricalFocalCrossentropy';
  static override readonly defaults = {
    ...lossDefaults('categorical_focal_crossentropy'),
    fromLogits: false,
    labelSmoothing: 0,
    axis: -1,
    alpha: 0.25,
    gamma: 2,
  };

  override perSample(yTrue: Output, yPred: Output): Output {
    return categoricalFocalCrossentropy(yTrue, yPred, this.options);
  }
}

/** [batch, ...] from one-hot labels and predictions, [batch, ..., classes]. */
export function categoricalFocalCrossentropy(
  yTrue: Output,
  yPred: Output,
  {
    alpha = 0.25,
    gamma = 2,
    fromLogits = false,
    labelSmoothing = 0,
    axis = -1,
  }: CategoricalFocalCrossentropyArguments = {},
): Output {
  const labels = smoothed(ops.cast(yTrue, yPred.dtype), labelSmoothing);
  const probabilities = fromLogits ? ops.softmax(yPred, axis) : yPred;
  const share = ops.div(probabilities, ops.sum(probabilities, axis, { keepDims: true }));
  const p = ops.clipByValue(share, EPSILON, 1 - EPSILON);
  const crossentropy = ops.neg(ops.mul(labels, ops.log(p)));
  return ops.sum(ops.mul(ops.mul(ops.pow(ops.sub(1, p), gamma), alpha), crossentropy), axis);
}
