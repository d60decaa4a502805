import { Pooling } from './pooling.js';

/**
 * The mean of each window (Keras `AveragePooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels]`.
 *
 * @example
 * averagePooling1d({ poolSize: 2 });
 */
export class AveragePooling1D extends Pooling {
  static override readonly className = 'AveragePooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'average';
}
