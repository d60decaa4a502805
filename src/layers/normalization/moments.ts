import type { Output } from '../../core/output.js';
import { readingAs } from '../../core/scope.js';
import { formatKerasShape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import { EPSILON } from '../../nn/epsilon.js';
import * as ops from '../../ops/index.js';

/** Mean and variance along axes, which stay with length 1. */
export function moments(x: Output, axes: readonly number[]): { mean: Output; variance: Output } {
  const mean = ops.mean(x, axes, { keepDims: true });
  // Why: the variance's gradient through its mean is 0.
  const variance = ops.mean(ops.squaredDifference(x, ops.stopGradient(mean)), axes, { keepDims: true });
  return { mean, variance };
}

/** As {@link moments}, over what counts; the mask lacks the last axis of x. */
export function maskedMoments(x: Output, mask: Output, axes: readonly number[]): { mean: Output; variance: Output } {
  const seen = ops.broadcastTo(ops.expandDims(mask, -1), ops.shape(x));
  const count = ops.add(ops.sum(ops.cast(seen, x.dtype), axes, { keepDims: true }), EPSILON);
  const average = (values: Output): Output =>
    ops.div(ops.sum(ops.select(seen, values, ops.zerosLike(values)), axes, { keepDims: true }), count);
  const mean = average(x);
  return { mean, variance: average(ops.square(ops.sub(x, mean))) };
}

/** x · factor + offset, where factor is `gamma / √(variance + epsilon)`: two passes over x, as Keras does it. */
export function normalizeBy(
  x: Output,
  { mean, variance }: { mean: Output; variance: Output },
  { epsilon, gamma, beta }: { epsilon: number; gamma?: Output | undefined; beta?: Output | undefined },
): Output {
  const inverse = ops.rsqrt(ops.add(variance, epsilon));
  const factor = gamma ? ops.mul(inverse, gamma) : inverse;
  const back = ops.neg(ops.mul(mean, factor));
  return ops.add(ops.mul(x, factor), beta ? ops.add(back, beta) : back);
}

/** Statistics of half-precision values are taken in float32, where they do not overflow; variables are read so too. */
export function inFloat32(x: Output, apply: (wide: Output) => Output): Output {
  if (!isHalf(x)) return apply(x);
  return ops.cast(
    readingAs('float32', () => apply(ops.cast(x, 'float32'))),
    x.dtype,
  );
}

function isHalf({ dtype }: Output): boolean {
  return dtype === 'float16' || dtype === 'bfloat16';
}

/**
 * Axes counted from the front, in order.
 *
 * @throws ERR_ARGUMENT for one that the shape does not have
 */
export function axesFromFront(where: string, axis: number | readonly number[], shape: readonly unknown[]): number[] {
  const axes = [axis].flat().map((a) => (a < 0 ? a + shape.length : a));
  if (axes.every((a) => Number.isInteger(a) && a >= 0 && a < shape.length)) return axes.sort((a, b) => a - b);
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: axis ${JSON.stringify(axis)} does not exist in an input of shape ${formatKerasShape(shape as never)}.`,
  );
}
