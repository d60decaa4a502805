import { Pooling } from './pooling.js';

/**
 * The mean of each window (Keras `AveragePooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, channels]`.
 *
 * @example
 * averagePooling3d({ poolSize: 2 });
 */
export class AveragePooling3D extends Pooling {
  static override readonly className = 'AveragePooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'average';
}
