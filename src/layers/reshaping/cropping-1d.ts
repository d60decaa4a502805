import { Cropping } from './cropping.js';

/**
 * Cuts off the first and last steps (Keras `Cropping1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels]`.
 *
 * @example
 * cropping1d({ cropping: 1 });
 */
export class Cropping1D extends Cropping {
  static override readonly className = 'Cropping1D';
  static override readonly rank = 1;
}
