import { Pooling } from './pooling.js';

/**
 * The largest value of each window (Keras `MaxPooling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels]`.
 *
 * @example
 * maxPooling1d({ poolSize: 2 });
 */
export class MaxPooling1D extends Pooling {
  static override readonly className = 'MaxPooling1D';
  static override readonly rank = 1;
  protected static override readonly kind = 'max';
}
