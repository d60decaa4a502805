import { ConvTranspose } from './conv-transpose.js';

/**
 * Fractionally strided convolution over rows and columns: the transpose of a convolution (Keras `Conv2DTranspose`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, filters]`; with padding `same`,
 * `rows′ = rows · stride`.
 *
 * @example
 * conv2dTranspose({ filters: 32, kernelSize: 5, strides: 2, padding: 'same', useBias: false });
 */
export class Conv2DTranspose extends ConvTranspose {
  static override readonly className = 'Conv2DTranspose';
  static override readonly rank = 2;
}
