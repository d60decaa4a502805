import { SeparableConv } from './separable-conv.js';

/**
 * Convolution over steps of each channel by itself, then of channels at each point (Keras
 * `SeparableConv1D`; Chollet 2017).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, filters]`.
 *
 * @example
 * separableConv1d({ filters: 32, kernelSize: 3 });
 */
export class SeparableConv1D extends SeparableConv {
  static override readonly className = 'SeparableConv1D';
  static override readonly rank = 1;
}
