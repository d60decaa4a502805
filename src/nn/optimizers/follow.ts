import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';

/** Moves an average towards a value: `share` of it is new. */
export function follow(average: Variable, value: Output, share: Output): void {
  ops.resourceApplyGradientDescent(average, share, ops.sub(average.read(), value));
}
