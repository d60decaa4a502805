import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { CallOptions } from '../layer.js';
import { Dropout } from './dropout.js';
import { keep, noiseShapeOf } from './keep-mask.js';

/** The limit of `selu` for low values: −scale · alpha. */
const LOW = -1.0507009873554805 * 1.6732632423543772;

/**
 * Dropout that keeps mean and variance of what comes out of `selu`: in training, a random share becomes selu's lowest
 * value, then all is scaled and shifted (Keras `AlphaDropout`; Klambauer et al. 2017).
 *
 * Output shape: as the input's.
 *
 * @example
 * alphaDropout({ rate: 0.1 });
 */
export class AlphaDropout extends Dropout {
  static override readonly className = 'AlphaDropout';
  static override readonly supportsMasking: boolean = true;

  override call(x: Output, { training = false }: CallOptions): Output {
    const { rate } = this;
    if (!training || rate === 0) return x;
    const kept = keep(noiseShapeOf(x, this.noiseShape), rate);
    const factor = ((1 - rate) * (1 + rate * LOW ** 2)) ** -0.5;
    const mixed = ops.select(kept, x, ops.constant(LOW, x.dtype));
    return ops.add(ops.mul(mixed, factor), -factor * LOW * rate);
  }
}
