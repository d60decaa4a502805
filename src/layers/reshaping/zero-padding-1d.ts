import { ZeroPadding } from './zero-padding.js';

/**
 * Zeros before and after steps (Keras `ZeroPadding1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels]`.
 *
 * @example
 * zeroPadding1d({ padding: 1 });
 */
export class ZeroPadding1D extends ZeroPadding {
  static override readonly className = 'ZeroPadding1D';
  static override readonly rank = 1;
}
