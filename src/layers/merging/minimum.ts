import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge, extreme } from './merge.js';

/**
 * The smallest of its inputs, element by element (Keras `Minimum`).
 *
 * Input: a list of shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * minimum().apply([a, b]);
 */
export class Minimum extends ElementwiseMerge {
  static override readonly className = 'Minimum';

  protected override combine(inputs: readonly Output[]): Output {
    return extreme(inputs, (a, b) => ops.minimum(a, b));
  }
}
