import type { Output } from '../../core/output.js';
import { statelessRandom } from '../../core/random.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';

export interface DropoutOptions extends LayerOptions {
  /** Share of the elements that are dropped, 0 … 1 (1 excluded). */
  rate: number;
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
  /** Shape of the mask, 1 where one decision counts for a whole axis, null for the input's own length. */
  noiseShape?: readonly (number | null)[] | null;
}

/** Unsigned integers of so many bits decide: the narrowest whose steps the rate falls on, else the widest. */
const DECIDERS = [
  { bits: 8, dtype: 'uint8' },
  { bits: 16, dtype: 'uint16' },
  { bits: 32, dtype: 'uint32' },
] as const;
const WORD_BITS = 64;

/**
 * True with probability 1 − rate.
 *
 * Why not uniform floats: random bits are what costs, and 8 of them decide as exactly for rates like 0.25 as 32 do.
 */
function keep(shape: Output, rate: number): Output {
  const { bits, dtype } = DECIDERS.find(({ bits }) => Number.isInteger(rate * 2 ** bits)) ?? DECIDERS[2];
  const perWord = WORD_BITS / bits;
  const count = ops.reshape(ops.prod(shape, 0), [1]);
  const words = ops.floorDiv(ops.add(count, perWord - 1), perWord);
  const random = ops.bitcast(statelessRandom('StatelessRandomUniformFullIntV2', words, 'uint64'), { type: dtype }); // [words, perWord]
  const deciders = ops.reshape(ops.slice(ops.reshape(random, [-1]), [0], count), shape);
  return ops.greaterEqual(deciders, ops.constant(Math.min(Math.round(rate * 2 ** bits), 2 ** bits - 1), dtype));
}

/**
 * In training, sets a random share of the input to 0 and scales the rest up to keep the sum (Keras `Dropout`;
 * Srivastava et al. 2014).
 *
 * @example
 * dropout({ rate: 0.25 });
 */
export class Dropout extends Layer {
  static override readonly className = 'Dropout';
  static override readonly optionNames = ['rate', 'seed', 'noiseShape'];

  readonly rate: number;
  readonly seed: number | null;
  readonly noiseShape: readonly (number | null)[] | null;

  constructor(options: DropoutOptions) {
    super(options);
    const { rate } = options;
    if (!(rate >= 0 && rate < 1)) {
      throw new TensorFlowError('ERR_ARGUMENT', `Dropout '${this.name}': rate must be in [0, 1), got ${rate}.`);
    }
    this.rate = rate;
    this.seed = options.seed ?? null;
    this.noiseShape = options.noiseShape ?? null;
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    if (!training || this.rate === 0) return x;
    const kept = ops.cast(keep(this.#maskShape(x), this.rate), x.dtype);
    return ops.mul(x, ops.mul(kept, 1 / (1 - this.rate)));
  }

  #maskShape(x: Output): Output {
    const shape = ops.shape(x);
    if (this.noiseShape === null) return shape;
    const own = this.noiseShape.map((d, axis) =>
      d === null ? ops.reshape(ops.slice(shape, [axis], [1]), []) : ops.constant(d, 'int32'),
    );
    return ops.stack(own, 0);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), rate: this.rate, seed: this.seed, noise_shape: this.noiseShape };
  }
}
