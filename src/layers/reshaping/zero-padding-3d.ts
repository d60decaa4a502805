import { ZeroPadding } from './zero-padding.js';

/**
 * Zeros before and after planes, rows and columns (Keras `ZeroPadding3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, channels]`.
 *
 * @example
 * zeroPadding3d({ padding: [[1, 0], [2, 2], [2, 2]] });
 */
export class ZeroPadding3D extends ZeroPadding {
  static override readonly className = 'ZeroPadding3D';
  static override readonly rank = 3;
}
