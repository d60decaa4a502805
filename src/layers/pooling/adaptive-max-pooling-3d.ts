import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The largest value of each of as many windows as the output has values (Keras `AdaptiveMaxPooling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveMaxPooling3d({ outputSize: 2 });
 */
export class AdaptiveMaxPooling3D extends AdaptivePooling {
  static override readonly className = 'AdaptiveMaxPooling3D';
  static override readonly rank = 3;
  protected static override readonly kind = 'max';
}
