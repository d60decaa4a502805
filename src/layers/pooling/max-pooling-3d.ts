import { Pooling } from './pooling.js';

/**
 * The largest value of each window (Keras `MaxPooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, channels]`.
 *
 * @example
 * maxPooling3d({ poolSize: 2 });
 */
export class MaxPooling3D extends Pooling {
  static override readonly className = 'MaxPooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'max';
}
