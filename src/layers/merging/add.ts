import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge } from './merge.js';

/**
 * The sum of its inputs (Keras `Add`).
 *
 * Input: a list of shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * add().apply([a, b]);
 */
export class Add extends ElementwiseMerge {
  static override readonly className = 'Add';

  protected override combine(inputs: readonly Output[]): Output {
    return inputs.reduce((sum, x) => ops.add(sum, x));
  }
}
