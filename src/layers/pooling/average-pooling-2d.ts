import { Pooling } from './pooling.js';

/**
 * The mean of each window (Keras `AveragePooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, channels]`.
 *
 * @example
 * averagePooling2d({ poolSize: 2 });
 */
export class AveragePooling2D extends Pooling {
  static override readonly className = 'AveragePooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'average';
}
