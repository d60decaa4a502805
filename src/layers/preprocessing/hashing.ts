import type { Output } from '../../core/output.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';
import { ENCODINGS, type Encoding, encode } from './encode.js';

export interface HashingOptions extends LayerOptions {
  /** How many bins there are. */
  numBins: number;
  /** What goes into bin 0, alone. Default: nothing. */
  maskValue?: string | number | null;
  /** Key of a hash that cannot be guessed: one whole number or two. Default: a hash without. */
  salt?: number | readonly number[] | null;
  /** `int` (default), `one_hot`, `multi_hot` or `count`. */
  outputMode?: string;
  /** Only in files; must be false. */
  sparse?: false;
}

/** Bins of strings or whole numbers by the library's hash. */
export function hashed(values: Output, numBuckets: number, salt: readonly number[] | null): Output {
  const whole = values.dtype.startsWith('float') ? ops.cast(values, 'int64') : values;
  const text = whole.dtype === 'string' ? whole : ops.asString(whole);
  return salt
    ? ops.stringToHashBucketStrong(text, { numBuckets, key: salt })
    : ops.stringToHashBucketFast(text, { numBuckets });
}

/** One number stands for two. */
export function saltOf(salt: number | readonly number[] | null): readonly number[] | null {
  return typeof salt === 'number' ? [salt, salt] : salt;
}

/**
 * Strings or whole numbers by their hash in one of so many bins (Keras `Hashing`).
 *
 * Input shape: any. Output shape: the same, or with one place for each bin; int64 in mode `int`.
 *
 * @example
 * hashing({ numBins: 100 });
 */
export class Hashing extends Layer {
  static override readonly className = 'Hashing';
  static override readonly optionNames = ['numBins', 'maskValue', 'salt', 'outputMode', 'sparse'];

  readonly numBins: number;
  readonly maskValue: string | number | null;
  readonly salt: readonly number[] | null;
  readonly outputMode: Encoding;

  constructor(options: HashingOptions) {
    const { outputMode = 'int', dtype } = options;
    super({ ...options, dtype: dtype ?? (outputMode === 'int' ? 'int64' : 'float32') });
    const where = `Hashing '${this.name}'`;
    this.numBins = positive(`${where}: numBins`, options.numBins);
    this.maskValue = options.maskValue ?? null;
    this.salt = saltOf(options.salt ?? null);
    this.outputMode = oneOf(`${where}: outputMode`, outputMode, ENCODINGS);
  }

  override call(x: Output): Output {
    return encode(this.#bins(x), this.outputMode, this.numBins, this.computeDType);
  }

  #bins(x: Output): Output {
    if (this.maskValue === null || this.numBins === 1) return hashed(x, this.numBins, this.salt);
    const bins = ops.add(hashed(x, this.numBins - 1, this.salt), 1);
    return ops.where(ops.equal(x, ops.constant(this.maskValue, x.dtype)), ops.zerosLike(bins), bins);
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      num_bins: this.numBins,
      salt: this.salt,
      mask_value: this.maskValue,
      output_mode: this.outputMode,
      sparse: false,
    };
  }
}
