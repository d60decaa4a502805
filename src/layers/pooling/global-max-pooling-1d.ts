import { GlobalPooling } from './global-pooling.js';

/**
 * The largest value of each channel (Keras `GlobalMaxPooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, channels]`.
 *
 * @example
 * globalMaxPooling1d();
 */
export class GlobalMaxPooling1D extends GlobalPooling {
  static override readonly className = 'GlobalMaxPooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'max';
}
