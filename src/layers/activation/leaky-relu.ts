import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface LeakyReLUOptions extends LayerOptions {
  /** Slope below 0, itself at least 0. Keras 2 calls it `alpha`. Default 0.3. */
  negativeSlope?: number;
}

/**
 * `x` where it is positive, else `negativeSlope · x` (Keras `LeakyReLU`).
 *
 * Output shape: as the input's.
 *
 * @example
 * leakyReLU({ negativeSlope: 0.2 });
 */
export class LeakyReLU extends Layer {
  static override readonly className = 'LeakyReLU';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['negativeSlope'];

  readonly negativeSlope: number;

  constructor(options: LeakyReLUOptions = {}) {
    super(options);
    this.negativeSlope = options.negativeSlope ?? 0.3;
    if (!(this.negativeSlope >= 0 && Number.isFinite(this.negativeSlope))) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `LeakyReLU '${this.name}': negativeSlope must be a number of 0 or more, got ${JSON.stringify(options.negativeSlope)}.`,
      );
    }
  }

  override call(x: Output): Output {
    return ops.leakyRelu(x, { alpha: this.negativeSlope });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), negative_slope: this.negativeSlope };
  }
}
