import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { ElementwiseMerge, wideMaskOf } from './merge.js';

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
    const masks = inputs.map(wideMaskOf);
    const one = ops.constant(1, (inputs[0] as Output).dtype);
    const seen = inputs.map((x, i) => (masks[i] ? ops.select(masks[i], x, one) : x));
    const product = seen.reduce((a, b) => ops.mul(a, b));
    if (!masks.every((mask) => mask !== undefined)) return product;
    const any = masks.reduce((a, b) => ops.logicalOr(a, b));
    return ops.select(any, product, ops.zerosLike(product));
  }
}
