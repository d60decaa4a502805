import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge } from './merge.js';

/**
 * The first input minus the second (Keras `Subtract`).
 *
 * Input: a list of two shapes that broadcast. Output shape: that of their broadcast.
 *
 * @example
 * subtract().apply([a, b]);
 */
export class Subtract extends ElementwiseMerge {
  static override readonly className = 'Subtract';
  protected static override readonly inputCount = { least: 2, most: 2 };

  protected override combine(inputs: readonly Output[]): Output {
    return ops.sub(inputs[0] as Output, inputs[1] as Output);
  }
}
