import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';
import { EPSILON } from './epsilon.js';

/** Vectors along an axis, scaled to length 1; those shorter than epsilon stay short. */
export function normalize(x: Output, axis: number): Output {
  const squares = ops.sum(ops.square(x), axis, { keepDims: true });
  return ops.mul(x, ops.rsqrt(ops.maximum(squares, EPSILON ** 2)));
}
