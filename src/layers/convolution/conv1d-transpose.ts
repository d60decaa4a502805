import { ConvTranspose } from './conv-transpose.js';

/**
 * The transpose of a convolution over steps, which makes them longer (Keras `Conv1DTranspose`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, filters]`.
 *
 * @example
 * conv1dTranspose({ filters: 32, kernelSize: 4, strides: 2, padding: 'same' });
 */
export class Conv1DTranspose extends ConvTranspose {
  static override readonly className = 'Conv1DTranspose';
  static override readonly rank = 1;
}
