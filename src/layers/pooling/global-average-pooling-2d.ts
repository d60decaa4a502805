import { GlobalPooling } from './global-pooling.js';

/**
 * The mean of each channel (Keras `GlobalAveragePooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, 1, channels]`.
 *
 * @example
 * globalAveragePooling2d();
 */
export class GlobalAveragePooling2D extends GlobalPooling {
  static override readonly className = 'GlobalAveragePooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'average';
}
