import { AdaptivePooling } from './adaptive-pooling.js';

/**
 * The largest value of each of as many windows as the output has values (Keras `AdaptiveMaxPooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, …outputSize, channels]`.
 *
 * @example
 * adaptiveMaxPooling1d({ outputSize: 2 });
 */
export class AdaptiveMaxPooling1D extends AdaptivePooling {
  static override readonly className = 'AdaptiveMaxPooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'max';
}
