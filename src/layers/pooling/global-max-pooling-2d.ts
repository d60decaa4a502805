import { GlobalPooling } from './global-pooling.js';

/**
 * The largest value of each channel (Keras `GlobalMaxPooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, 1, channels]`.
 *
 * @example
 * globalMaxPooling2d();
 */
export class GlobalMaxPooling2D extends GlobalPooling {
  static override readonly className = 'GlobalMaxPooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'max';
}
