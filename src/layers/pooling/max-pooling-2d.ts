import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Pooling2D } from './pooling-2d.js';

/**
 * The largest value of each window (Keras `MaxPooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows', columns', channels]`.
 *
 * @example
 * maxPooling2d({ poolSize: [2, 2] });
 */
export class MaxPooling2D extends Pooling2D {
  static override readonly className = 'MaxPooling2D';

  override call(x: Output): Output {
    const { ksize, strides, padding } = this.window();
    return ops.maxPool(x, { ksize, strides, padding });
  }
}
