import { Cropping } from './cropping.js';

/**
 * Cuts off the first and last rows and columns (Keras `Cropping2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, channels]`.
 *
 * @example
 * cropping2d({ cropping: [[1, 0], [2, 2]] });
 */
export class Cropping2D extends Cropping {
  static override readonly className = 'Cropping2D';
  static override readonly rank = 2;
}
