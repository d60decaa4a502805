import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';
import { keep, noiseShapeOf, parseRate } from './keep-mask.js';

export interface DropoutOptions extends LayerOptions {
  /** Share of the elements that are dropped, 0 … 1 (1 excluded). */
  rate: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
  /** Shape of the mask, 1 where one decision counts for a whole axis, null for the input's own length. */
  noiseShape?: readonly (number | null)[] | null;
}

/**
 * In training, sets a random share of the input to 0 and scales the rest up to keep the sum (Keras `Dropout`;
 * Srivastava et al. 2014).
 *
 * @example
 * dropout({ rate: 0.25 });
 */
export class Dropout extends Layer {
  static override readonly className: string = 'Dropout';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames: readonly string[] = ['rate', 'seed', 'noiseShape'];

  readonly rate: number;
  readonly seed: number | null;
  readonly noiseShape: readonly (number | null)[] | null;

  /** @param noiseShape of a class that decides it by itself */
  constructor(options: DropoutOptions, noiseShape = options.noiseShape) {
    super(options);
    this.rate = parseRate(this.where, options.rate);
    checkKinds(this.where, options, { seed: 'number' });
    this.seed = options.seed ?? null;
    this.noiseShape = noiseShape ?? null;
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    if (!training || this.rate === 0) return x;
    const kept = ops.cast(keep(noiseShapeOf(x, this.noiseShape), this.rate), x.dtype);
    return ops.mul(x, ops.mul(kept, 1 / (1 - this.rate)));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }
}
