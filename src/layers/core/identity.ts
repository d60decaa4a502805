import type { Output } from '../../core/output.js';
import { Layer } from '../layer.js';

/**
 * Its input (Keras `Identity`).
 *
 * Output shape: as the input's.
 *
 * @example
 * identity();
 */
export class Identity extends Layer {
  static override readonly className = 'Identity';
  static override readonly supportsMasking: boolean = true;

  override call(x: Output): Output {
    return x;
  }
}
