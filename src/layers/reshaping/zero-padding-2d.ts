import { ZeroPadding } from './zero-padding.js';

/**
 * Zeros before and after rows and columns (Keras `ZeroPadding2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows′, columns′, channels]`.
 *
 * @example
 * zeroPadding2d({ padding: [[1, 0], [2, 2]] });
 */
export class ZeroPadding2D extends ZeroPadding {
  static override readonly className = 'ZeroPadding2D';
  static override readonly rank = 2;
}
