import { DepthwiseConv } from './depthwise-conv.js';

/**
 * Convolution over steps of each channel by itself (Keras `DepthwiseConv1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels · depthMultiplier]`.
 *
 * @example
 * depthwiseConv1d({ kernelSize: 3, padding: 'same' });
 */
export class DepthwiseConv1D extends DepthwiseConv {
  static override readonly className = 'DepthwiseConv1D';
  static override readonly rank = 1;
}
