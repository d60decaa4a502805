import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The mean of each of as many windows as the output has values (Keras `AdaptiveAveragePooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveAveragePooling2d({ outputSize: 2 });
 */
export class AdaptiveAveragePooling2D extends AdaptivePooling {
  static override readonly className = 'AdaptiveAveragePooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'average';
}
