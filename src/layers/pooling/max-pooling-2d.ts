import { Pooling } from './pooling.js';

/**
 * The largest value of each window (Keras `MaxPooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, channels]`.
 *
 * @example
 * maxPooling2d({ poolSize: 2 });
 */
export class MaxPooling2D extends Pooling {
  static override readonly className = 'MaxPooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'max';
}
