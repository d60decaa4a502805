import { isComplex } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import { knownRank } from '../core/shape.js';
import * as ops from '../ops/index.js';
import { input, rule } from './rule.js';

/** Rules of ops of two inputs that broadcast: each gradient is summed back to its input's shape. */
export function binary(
  types: string | readonly string[],
  apply: (dy: Output, x: Output, y: Output) => [Output, Output],
): void {
  rule(types, (_, dy, inputs) => {
    const [x, y] = [input(inputs, 0), input(inputs, 1)];
    const [dx, dyy] = apply(dy, x, y);
    return [sumTo(dx, x, y, 0), sumTo(dyy, x, y, 1)];
  });
}

/** Undoes the broadcasting of `x` with `y`: sums the gradient over the axes along which the input was repeated. */
export function sumTo(gradient: Output, x: Output, y: Output, which: 0 | 1): Output {
  const own = which === 0 ? x : y;
  const [from, to] = [gradient.shape, own.shape];
  if (from?.every((d) => d !== null) && to && from.join() === to.join()) return gradient;
  if (isSurelyWhole(x, y, which)) return gradient;
  const shapes = ops.broadcastGradientArgs(ops.shape(x), ops.shape(y));
  const axes = which === 0 ? shapes.r0 : shapes.r1;
  return ops.reshape(ops.sum(gradient, axes), shapeOf(own));
}

/** Whether shapes tell, with unknown dimensions, that the input was not repeated: the other one is a scalar or of length 1 or equal. */
function isSurelyWhole(x: Output, y: Output, which: 0 | 1): boolean {
  const [own, other] = which === 0 ? [x.shape, y.shape] : [y.shape, x.shape];
  if (!own || !other || other.length > own.length) return false;
  const offset = own.length - other.length;
  return other.every((d, i) => d === 1 || (d !== null && d === own[i + offset]));
}

/** The shape as a constant where it is known. */
export function shapeOf(x: Output): Output | number[] {
  return x.shape?.every((d): d is number => d !== null) ? [...knownRank('shape', x.shape)].map(Number) : ops.shape(x);
}

/** x̄ for complex x, x itself otherwise. */
export function conj(x: Output): Output {
  return isComplex(x.dtype) ? ops.conj(x) : x;
}

export function rankOf(x: Output): number {
  return knownRank('rank', x.shape).length;
}
