import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The largest value of each of as many windows as the output has values (Keras `AdaptiveMaxPooling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveMaxPooling2d({ outputSize: 2 });
 */
export class AdaptiveMaxPooling2D extends AdaptivePooling {
  static override readonly className = 'AdaptiveMaxPooling2D';
  static override readonly rank = 2;
  protected static override readonly kind = 'max';
}
