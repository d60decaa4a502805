import type { Output } from '../../../core/output.js';
import { PHILOX, randomStream } from '../../../core/random.js';
import * as ops from '../../../ops/index.js';

/** Why: for a small alpha both may be 0. */
const LEAST = 1e-30;

/** Drawn from the symmetric beta distribution, `[n]` from 0 to 1, in alpha's dtype. */
export function beta(shape: Output, alpha: Output): Output {
  // Why: the kernel has no bfloat16, and LEAST is 0 in float16.
  const wide = ops.cast(alpha, 'float32');
  const gamma = (): Output => {
    const { key, counter } = randomStream();
    return ops.statelessRandomGammaV3(shape, key, counter, ops.constant(PHILOX, 'int32'), wide);
  };
  const [a, b] = [gamma(), gamma()];
  return ops.cast(ops.div(a, ops.maximum(ops.add(a, b), LEAST)), alpha.dtype);
}
