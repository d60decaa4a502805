import { Conv } from './conv.js';

/**
 * Convolution over steps of time or of a sequence (Keras `Conv1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, filters]`.
 *
 * @example
 * conv1d({ filters: 32, kernelSize: 3, padding: 'causal', dilationRate: 2 });
 */
export class Conv1D extends Conv {
  static override readonly className = 'Conv1D';
  static override readonly rank = 1;
}
