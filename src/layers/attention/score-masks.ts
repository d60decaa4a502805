import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { lengthOf } from '../recurrent/recurrent-cell.js';

/** Which queries may see which keys, from several reasons: bool, broadcasting to `[batch, queries, keys]`. */
export function allOf(masks: readonly (Output | undefined)[]): Output | undefined {
  const given = masks.filter((mask) => mask !== undefined).map((mask) => ops.cast(mask, 'bool'));
  return given.length > 0 ? given.reduce((all, mask) => ops.logicalAnd(all, mask)) : undefined;
}

/** A query sees the keys up to its own place: `[1, queries, keys]`. */
export function causalMask(queries: Output, keys: Output): Output {
  const [rows, columns] = places(queries, keys);
  return ops.greaterEqual(rows, columns);
}

/** A query sees keys less than `window` places away: `[1, queries, keys]`. */
export function windowMask(queries: Output, keys: Output, window: number): Output {
  const [rows, columns] = places(queries, keys);
  return ops.less(ops.abs(ops.sub(rows, columns)), window);
}

/** Places along axis 1: `[1, queries, 1]` and `[1, 1, keys]`. */
function places(queries: Output, keys: Output): [Output, Output] {
  return [
    ops.reshape(ops.range(0, lengthOf(queries, 1)), [1, -1, 1]),
    ops.reshape(ops.range(0, lengthOf(keys, 1)), [1, 1, -1]),
  ];
}

/** Probabilities along the last axes, 0 where the mask is false. */
export function maskedSoftmax(scores: Output, mask: Output | undefined, axes: number): Output {
  if (!mask) return softmaxOver(scores, axes);
  return softmaxOver(
    ops.select(mask, scores, ops.constant(scores.dtype === 'float16' ? -3e4 : -1e9, scores.dtype)),
    axes,
  );
}

function softmaxOver(scores: Output, count: number): Output {
  if (count === 1) return ops.softmax(scores);
  const axes = Array.from({ length: count }, (_, i) => i - count);
  const powers = ops.exp(ops.sub(scores, ops.stopGradient(ops.max(scores, axes, { keepDims: true }))));
  return ops.div(powers, ops.sum(powers, axes, { keepDims: true }));
}
