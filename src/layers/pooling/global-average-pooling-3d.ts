import { GlobalPooling } from './global-pooling.js';

/**
 * The mean of each channel (Keras `GlobalAveragePooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, channels]`, with `keepdims` `[batch, 1, 1, 1, channels]`.
 *
 * @example
 * globalAveragePooling3d();
 */
export class GlobalAveragePooling3D extends GlobalPooling {
  static override readonly className = 'GlobalAveragePooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'average';
}
