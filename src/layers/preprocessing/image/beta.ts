import type { Output } from '../../../core/output.js';
import { PHILOX, randomStream } from '../../../core/random.js';
import * as ops from '../../../ops/index.js';

/** Why: for a small alpha both may be 0. */
const LEAST = 1e-30;

/** Drawn from the symmetric beta distribution, `[n]` from 0 to 1, in alpha's dtype. */
export function beta(shape: Output, alpha: Output): Output {
  const [a, b] = [gamma(shape, alpha), gamma(shape, alpha)];
  return ops.cast(ops.div(a, ops.maximum(ops.add(a, b), LEAST)), alpha.dtype);
}

/** Drawn from the symmetric Dirichlet distribution: shares whose sum over the last axis is 1, in alpha's dtype. */
export function dirichlet(shape: Output, alpha: Output): Output {
  const drawn = ops.add(gamma(shape, alpha), LEAST);
  return ops.cast(ops.div(drawn, ops.sum(drawn, -1, { keepDims: true })), alpha.dtype);
}

/** float32: the kernel has no bfloat16, and LEAST is 0 in float16. */
function gamma(shape: Output, alpha: Output): Output {
  const { key, counter } = randomStream();
  const wide = ops.cast(alpha, 'float32');
  return ops.statelessRandomGammaV3(shape, key, counter, ops.constant(PHILOX, 'int32'), wide);
}
