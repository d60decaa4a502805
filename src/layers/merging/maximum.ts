import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge, extreme } from './merge.js';

/**
 * The largest of its inputs, element by element (Keras `Maximum`).
 *
 * Input: a list of shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * maximum().apply([a, b]);
 */
export class Maximum extends ElementwiseMerge {
  static override readonly className = 'Maximum';

  protected override combine(inputs: readonly Output[]): Output {
    return extreme(inputs, (a, b) => ops.maximum(a, b));
  }
}
