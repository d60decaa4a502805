import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';
import { encode } from './encode.js';

const MODES = ['int', 'one_hot'] as const;
/** TensorFlow's, where no other is given. */
const HASH_KEY = 0xdecafcaffe;

export interface HashedCrossingOptions extends LayerOptions {
  /** How many bins there are. */
  numBins: number;
  /** `int` (default) or `one_hot`. */
  outputMode?: string;
  /** Only in files; must be false. */
  sparse?: false;
}

/**
 * Several features together, by their hash in one of so many bins (Keras `HashedCrossing`).
 *
 * Input shape: a list of `[batch]` or `[batch, 1]` each, strings or whole numbers. Output shape: the same, or with one place for
 * each bin; int64 in mode `int`.
 *
 * @example
 * const place = hashedCrossing({ numBins: 1000 }).apply([latitude, longitude]);
 */
export class HashedCrossing extends Layer {
  static override readonly className = 'HashedCrossing';
  static override readonly optionNames = ['numBins', 'outputMode', 'sparse'];

  readonly numBins: number;
  readonly outputMode: (typeof MODES)[number];

  constructor(options: HashedCrossingOptions) {
    const { outputMode = 'int', dtype } = options;
    super({ ...options, dtype: dtype ?? (outputMode === 'int' ? 'int64' : 'float32') });
    this.numBins = positive(`HashedCrossing '${this.name}': numBins`, options.numBins);
    this.outputMode = oneOf(`HashedCrossing '${this.name}': outputMode`, outputMode, MODES);
  }

  override build(inputShape: Shape): void {
    const [, ...rest] = inputShape ?? [];
    if (inputShape?.length && rest.length <= 1 && rest.every((length) => length === 1)) return;
    throw this.shapeError('features of shape [batch] or [batch, 1]', formatKerasShape(inputShape), 'Reshape them.');
  }

  override call(features: readonly Output[]): Output {
    const columns = features.map((x) => ops.reshape(x.dtype === 'string' ? x : ops.cast(x, 'int64'), [-1, 1]));
    const { outputValues } = ops.sparseCross([], [], [], columns, {
      hashedOutput: true,
      numBuckets: this.numBins,
      hashKey: HASH_KEY,
      outType: 'int64',
      internalType: columns.every(({ dtype }) => dtype === 'string') ? 'string' : 'int64',
    });
    const shape = features[0]?.shape ?? [null];
    const bins = ops.reshape(outputValues, shape.length === 1 ? [-1] : [-1, 1]).setShape(shape);
    return encode(bins, this.outputMode, this.numBins, this.computeDType);
  }

  /** Keras writes fewer keys here than elsewhere. */
  override getConfig(): Record<string, unknown> {
    const { name, dtype, numBins, outputMode } = this;
    return { name, dtype, num_bins: numBins, output_mode: outputMode, sparse: false };
  }
}
