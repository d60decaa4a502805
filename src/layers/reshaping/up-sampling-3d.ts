import type { Output } from '../../core/output.js';
import { repeat, UpSampling } from './up-sampling.js';

/**
 * Repeats planes, rows and columns (Keras `UpSampling3D`).
 *
 * Input shape: `[batch, planes, rows, columns, channels]`. Output shape: `[batch, planes′, rows′, columns′, channels]`.
 *
 * @example
 * upSampling3d({ size: 2 });
 */
export class UpSampling3D extends UpSampling {
  static override readonly className = 'UpSampling3D';
  static override readonly rank = 3;

  protected override compute(x: Output): Output {
    return repeat(x, this.size);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), size: this.size };
  }
}
