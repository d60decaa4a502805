import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Pooling2D } from './pooling-2d.js';

/**
 * The mean of each window (Keras `AveragePooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows', columns', channels]`.
 *
 * @example
 * averagePooling2d({ poolSize: [2, 2] });
 */
export class AveragePooling2D extends Pooling2D {
  static override readonly className = 'AveragePooling2D';

  override call(x: Output): Output {
    const { ksize, strides, padding } = this.window();
    return ops.avgPool(x, { ksize, strides, padding });
  }
}
