import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import * as ops from '../../ops/index.js';
import { Loss, type LossOptions, lossDefaults, type MaskedValues } from './loss.js';

export interface CircleArguments {
  /** Scale of the similarities. Default 80. */
  gamma?: number;
  /** How far apart classes are to be kept. Default 0.4. */
  margin?: number;
  /** Whether a sample is not compared with itself. Default true. */
  removeDiagonal?: boolean;
}

export interface CircleOptions extends LossOptions, CircleArguments {}

/** Draws unit embeddings of one class together and those of others apart; labels are class numbers, [batch]. */
export class Circle extends Loss<CircleOptions> {
  static override readonly className: string = 'Circle';
  static override readonly defaults = { ...lossDefaults('circle'), gamma: 80, margin: 0.4, removeDiagonal: true };

  override labelSpec(): TensorSpec<Shape> {
    return { dtype: 'int32', shape: [null] };
  }

  override perSample(yTrue: Output, yPred: Output): MaskedValues {
    const values = circle(yTrue, yPred, this.options);
    return { values, mask: ops.greater(values, 0) };
  }
}

/** [batch] from class numbers [batch] and embeddings of length 1, [batch, n]. */
export function circle(
  yTrue: Output,
  yPred: Output,
  { gamma = 80, margin = 0.4, removeDiagonal = true }: CircleArguments = {},
): Output {
  const classes = ops.reshape(ops.cast(yTrue, 'int32'), [-1]);
  const same = ops.equal(ops.expandDims(classes, 1), ops.expandDims(classes, 0));
  const distances = ops.maximum(ops.sub(1, ops.matMul(yPred, yPred, { transposeB: true })), 0);
  const pull = ops.mul(ops.mul(ops.add(distances, margin), ops.sub(margin, distances)), -gamma);
  const push = ops.mul(ops.mul(ops.maximum(ops.sub(1 + margin, distances), 0), ops.sub(1 - margin, distances)), gamma);
  const positives = removeDiagonal ? withoutDiagonal(same) : same;
  const total = ops.add(logSumExp(pull, positives), logSumExp(push, ops.logicalNot(same)));
  return ops.softplus(total);
}

function withoutDiagonal(mask: Output): Output {
  const size = ops.slice(ops.shape(mask), [0], [1]);
  return ops.matrixSetDiag(mask, ops.fill(size, ops.constant(false)));
}

/** log Σ exp(x) over the last axis, of the elements that count; −∞ where none does. */
function logSumExp(x: Output, mask: Output): Output {
  const counted = ops.select(mask, x, ops.cast(Number.NEGATIVE_INFINITY, x.dtype));
  const highest = ops.stopGradient(ops.max(counted, -1, { keepDims: true }));
  const reference = ops.select(ops.isFinite(highest), highest, ops.zerosLike(highest));
  const sum = ops.sum(ops.exp(ops.sub(counted, reference)), -1);
  return ops.add(ops.log(sum), ops.squeeze(reference, -1));
}
