import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The mean of each of as many windows as the output has values (Keras `AdaptiveAveragePooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveAveragePooling3d({ outputSize: 2 });
 */
export class AdaptiveAveragePooling3D extends AdaptivePooling {
  static override readonly className = 'AdaptiveAveragePooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'average';
}
