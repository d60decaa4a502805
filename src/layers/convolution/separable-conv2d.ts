import { SeparableConv } from './separable-conv.js';

/**
 * Convolution over rows and columns of each channel by itself, then of channels at each point (Keras
 * `SeparableConv2D`; Chollet 2017).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, filters]`.
 *
 * @example
 * separableConv2d({ filters: 32, kernelSize: 3 });
 */
export class SeparableConv2D extends SeparableConv {
  static override readonly className = 'SeparableConv2D';
  static override readonly rank = 2;
}
