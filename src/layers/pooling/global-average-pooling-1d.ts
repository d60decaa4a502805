import { GlobalPooling } from './global-pooling.js';

/**
 * The mean of each channel (Keras `GlobalAveragePooling1D`).
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
}
