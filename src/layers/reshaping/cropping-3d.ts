import { Cropping } from './cropping.js';

/**
 * Cuts off the first and last planes, rows and columns (Keras `Cropping3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, channels]`.
 *
 * @example
 * cropping3d({ cropping: [[1, 0], [2, 2], [2, 2]] });
 */
export class Cropping3D extends Cropping {
  static override readonly className = 'Cropping3D';
  static override readonly rank = 3;
}
