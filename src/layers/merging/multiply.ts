import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge } from './merge.js';

/**
 * The product of its inputs (Keras `Multiply`).
 *
 * Input: a list of shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * multiply().apply([a, b]);
 */
export class Multiply extends ElementwiseMerge {
  static override readonly className = 'Multiply';

  protected override combine(inputs: readonly Output[]): Output {
    return inputs.reduce((product, x) => ops.mul(product, x));
  }
}
