import type { Output } from '../../core/output.js';
import { statelessRandom } from '../../core/random.js';
import * as ops from '../../ops/index.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';
import { parseRate } from './keep-mask.js';

export interface GaussianDropoutOptions extends LayerOptions {
  /** Share that dropout would drop, 0 … 1 (1 excluded). */
  rate: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/**
 * In training, multiplies by noise around 1 of variance rate / (1 − rate) (Keras `GaussianDropout`; Srivastava et al. 2014).
 *
 * Output shape: as the input's.
 *
 * @example
 * gaussianDropout({ rate: 0.1 });
 */
export class GaussianDropout extends Layer {
  static override readonly className = 'GaussianDropout';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['rate', 'seed'];

  readonly rate: number;
  readonly seed: number | null;

  constructor(options: GaussianDropoutOptions) {
    super(options);
    this.rate = parseRate(`GaussianDropout '${this.name}'`, options.rate);
    this.seed = options.seed ?? null;
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    if (!training || this.rate === 0) return x;
    const noise = statelessRandom('StatelessRandomNormalV2', ops.shape(x), x.dtype);
    return ops.mul(x, ops.add(ops.mul(noise, Math.sqrt(this.rate / (1 - this.rate))), 1));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed };
  }
}
