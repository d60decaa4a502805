import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The mean of each of as many windows as the output has values (Keras `AdaptiveAveragePooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveAveragePooling1d({ outputSize: 2 });
 */
export class AdaptiveAveragePooling1D extends AdaptivePooling {
  static override readonly className = 'AdaptiveAveragePooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'average';
}
