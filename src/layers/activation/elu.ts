import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { elu } from '../../nn/activations.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ELUOptions extends LayerOptions {
  /** −alpha is the limit below. Default 1. */
  alpha?: number;
}

/**
 * `x` where it is positive, else `alpha · (exp(x) − 1)` (Keras `ELU`; Clevert et al. 2016).
 *
 * Output shape: as the input's.
 *
 * @example
 * elu({ alpha: 0.5 });
 */
export class ELU extends Layer {
  static override readonly className = 'ELU';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['alpha'];

  readonly alpha: number;

  constructor(options: ELUOptions = {}) {
    super(options);
    this.alpha = options.alpha ?? 1;
    if (!Number.isFinite(this.alpha)) {
      throw new TensorFlowError('ERR_ARGUMENT', `ELU '${this.name}': alpha must be a number, got ${options.alpha}.`);
    }
  }

  override call(x: Output): Output {
    return elu(x, { alpha: this.alpha });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), alpha: this.alpha };
  }
}
