import type { Output } from '../../core/output.js';
import { statelessRandom } from '../../core/random.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, 0 … 1. */
  stddev: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/**
 * In training, adds noise around 0 (Keras `GaussianNoise`).
 *
 * Output shape: as the input's.
 *
 * @example
 * gaussianNoise({ stddev: 0.1 });
 */
export class GaussianNoise extends Layer {
  static override readonly className = 'GaussianNoise';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['stddev', 'seed'];

  readonly stddev: number;
  readonly seed: number | null;

  constructor(options: GaussianNoiseOptions) {
    super(options);
    this.stddev = options.stddev;
    this.seed = options.seed ?? null;
    if (!(this.stddev >= 0 && this.stddev <= 1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `GaussianNoise '${this.name}': stddev must be in [0, 1], got ${this.stddev}.`,
      );
    }
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    if (!training || this.stddev === 0) return x;
    const noise = statelessRandom('StatelessRandomNormalV2', ops.shape(x), x.dtype);
    return ops.add(x, ops.mul(noise, this.stddev));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), stddev: this.stddev, seed: this.seed };
  }
}
