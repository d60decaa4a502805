import { ConvTranspose } from './conv-transpose.js';

/**
 * The transpose of a convolution over planes, rows and columns, which makes them longer (Keras `Conv3DTranspose`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, filters]`.
 *
 * @example
 * conv3dTranspose({ filters: 32, kernelSize: 4, strides: 2, padding: 'same' });
 */
export class Conv3DTranspose extends ConvTranspose {
  static override readonly className = 'Conv3DTranspose';
  static override readonly rank = 3;
}
