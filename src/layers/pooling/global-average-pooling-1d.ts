import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { spatialAxes } from '../data-format.js';
import { GlobalPooling } from './global-pooling.js';

/**
 * The mean of each channel, over the steps that count (Keras `GlobalAveragePooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, channels]`.
 *
 * @example
 * globalAveragePooling1d();
 */
export class GlobalAveragePooling1D extends GlobalPooling {
  static override readonly className = 'GlobalAveragePooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'average';

  override call(x: Output): Output {
    const mask = maskOf(x);
    if (!mask) return this.compute(x);
    const axes = spatialAxes(this.dataFormat, 1);
    const seen = ops.expandDims(mask, this.dataFormat === 'channels_last' ? 2 : 1);
    const keepDims = this.keepdims;
    const sum = ops.sum(ops.select(seen, x, ops.zerosLike(x)), axes, { keepDims });
    return ops.div(sum, ops.sum(ops.cast(seen, x.dtype), axes, { keepDims }));
  }

  /** Its output has no steps. */
  override computeMask(): null {
    return null;
  }
}
