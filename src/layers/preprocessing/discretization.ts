import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';
import { type AdaptData, type AdaptOptions, batchesOf } from './adapt-data.js';
import { ENCODINGS, type Encoding, encode } from './encode.js';
import { boundaries, EMPTY_SUMMARY, merge, summarize } from './quantile-summary.js';

export interface DiscretizationOptions extends LayerOptions {
  /** Where a bin ends and the next begins, in order. Either these or `numBins`. */
  binBoundaries?: readonly number[] | null;
  /** How many bins {@link Discretization.adapt} makes. */
  numBins?: number | null;
  /** How exactly `adapt` remembers data: shares of it that it distinguishes. Default 0.01. */
  epsilon?: number;
  /** `int` (default), `one_hot`, `multi_hot` or `count`. */
  outputMode?: string;
  /** Only in files; must be false. */
  sparse?: false;
}

/**
 * The number of the bin that a value falls into (Keras `Discretization`): bin i is from boundary i − 1 to below boundary i.
 *
 * Input shape: any. Output shape: the same, or with one place for each bin; int32 in mode `int`.
 *
 * @example
 * discretization({ binBoundaries: [0, 1, 2] });   // -1.5 → 0, 1 → 2
 */
export class Discretization extends Layer {
  static override readonly className = 'Discretization';
  static override readonly optionNames = ['binBoundaries', 'numBins', 'epsilon', 'outputMode', 'sparse'];

  readonly numBins: number | null;
  readonly epsilon: number;
  readonly outputMode: Encoding;
  #boundaries: readonly number[] | null;

  constructor(options: DiscretizationOptions) {
    super(options);
    checkKinds(this.where, options, { binBoundaries: 'numbers', numBins: 'whole', epsilon: 'positive' });
    const { binBoundaries = null, numBins = null, epsilon = 0.01, outputMode = 'int' } = options;
    if (binBoundaries === null && numBins === null) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Discretization '${this.name}' needs binBoundaries, or numBins and adapt.`,
      );
    }
    this.#boundaries = binBoundaries;
    this.numBins = numBins;
    this.epsilon = epsilon;
    this.outputMode = oneOf(`Discretization '${this.name}': outputMode`, outputMode, ENCODINGS);
  }

  /** Where a bin ends; null before {@link adapt}. */
  get binBoundaries(): readonly number[] | null {
    return this.#boundaries;
  }

  /** Finds boundaries between which there is about as much of the data. */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    if (this.numBins === null) return;
    let summary = EMPTY_SUMMARY;
    for await (const batch of batchesOf(data, options, 'float32')) {
      const values = Array.from((await batch.data()) as ArrayLike<number | bigint>, Number);
      summary = merge(summarize(values, this.epsilon), summary, this.epsilon);
    }
    this.#boundaries = boundaries(summary, this.numBins);
  }

  override call(x: Output): Output {
    if (this.#boundaries === null) {
      throw new TensorFlowError(
        'ERR_NOT_BUILT',
        `Discretization '${this.name}' has no boundaries yet; call adapt first.`,
      );
    }
    const bins = ops.bucketize(x, { boundaries: this.#boundaries });
    const dtype = this.outputMode === 'int' ? 'int32' : this.computeDType;
    return encode(bins, this.outputMode, this.#boundaries.length + 1, dtype);
  }

  /** Keras writes fewer keys here than elsewhere. */
  override getConfig(): Record<string, unknown> {
    const { name, dtype, numBins, epsilon, outputMode } = this;
    return {
      name,
      dtype,
      bin_boundaries: this.#boundaries,
      num_bins: numBins,
      epsilon,
      output_mode: outputMode,
      sparse: false,
    };
  }
}
