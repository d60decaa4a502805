import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge } from './merge.js';

/**
 * The mean of its inputs (Keras `Average`).
 *
 * Input: a list of shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * average().apply([a, b]);
 */
export class Average extends ElementwiseMerge {
  static override readonly className = 'Average';

  protected override combine(inputs: readonly Output[]): Output {
    return ops.div(
      inputs.reduce((sum, x) => ops.add(sum, x)),
      inputs.length,
    );
  }
}
