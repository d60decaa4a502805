import { Conv } from './conv.js';

/**
 * Convolution over rows and columns (Keras `Conv2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, filters]`.
 *
 * @example
 * conv2d({ filters: 32, kernelSize: [3, 3], padding: 'same', activation: 'relu' });
 */
export class Conv2D extends Conv {
  static override readonly className = 'Conv2D';
  static override readonly rank = 2;
}
