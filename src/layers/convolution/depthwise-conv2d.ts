import { DepthwiseConv } from './depthwise-conv.js';

/**
 * Convolution over rows and columns of each channel by itself (Keras `DepthwiseConv2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, channels · depthMultiplier]`.
 *
 * @example
 * depthwiseConv2d({ kernelSize: 3, padding: 'same' });
 */
export class DepthwiseConv2D extends DepthwiseConv {
  static override readonly className = 'DepthwiseConv2D';
  static override readonly rank = 2;
}
