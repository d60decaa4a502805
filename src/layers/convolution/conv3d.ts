import { Conv } from './conv.js';

/**
 * Convolution over planes, rows and columns (Keras `Conv3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, filters]`.
 *
 * @example
 * conv3d({ filters: 8, kernelSize: 3, strides: [1, 2, 2] });
 */
export class Conv3D extends Conv {
  static override readonly className = 'Conv3D';
  static override readonly rank = 3;
}
