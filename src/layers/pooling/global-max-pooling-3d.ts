import { GlobalPooling } from './global-pooling.js';

/**
 * The largest value of each channel (Keras `GlobalMaxPooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, 1, 1, channels]`.
 *
 * @example
 * globalMaxPooling3d();
 */
export class GlobalMaxPooling3D extends GlobalPooling {
  static override readonly className = 'GlobalMaxPooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'max';
}
