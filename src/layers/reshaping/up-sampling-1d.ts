import type { Output } from '../../core/output.js';
import { repeat, UpSampling } from './up-sampling.js';

/**
 * Repeats steps (Keras `UpSampling1D`).
 *
 * Input shape: `[batch, steps, channels]`. Output shape: `[batch, steps′, channels]`.
 *
 * @example
 * upSampling1d({ size: 2 });
 */
export class UpSampling1D extends UpSampling {
  static override readonly className = 'UpSampling1D';
  static override readonly rank = 1;

  protected override compute(x: Output): Output {
    return repeat(x, this.size);
  }

  override getConfig(): Record<string, unknown> {
    const { data_format: _, ...config } = super.getConfig();
    return { ...config, size: this.size[0] };
  }
}
