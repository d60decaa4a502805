import type { Output } from '../../core/output.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { positive } from '../pairs.js';
import { encode } from './encode.js';

const MODES = ['multi_hot', 'one_hot', 'count'] as const;

export interface CategoryEncodingOptions extends LayerOptions {
  /** Indices are 0 … numTokens − 1. */
  numTokens: number;
  /** `multi_hot` (default): which occur; `count`: how often; `one_hot`: one row for each index. */
  outputMode?: string;
}

/**
 * Whole numbers as rows of zeros and ones, or as counts (Keras `CategoryEncoding`).
 *
 * Input shape: `[batch, n]`. Output shape: `[batch, numTokens]`; of `one_hot` `[batch, n, numTokens]`, or `[batch, numTokens]`
 * for n = 1.
 *
 * @example
 * categoryEncoding({ numTokens: 4, outputMode: 'count' });
 */
export class CategoryEncoding extends Layer {
  static override readonly className = 'CategoryEncoding';
  static override readonly optionNames = ['numTokens', 'outputMode'];

  readonly numTokens: number;
  readonly outputMode: (typeof MODES)[number];

  constructor(options: CategoryEncodingOptions) {
    super(options);
    const where = `CategoryEncoding '${this.name}'`;
    this.numTokens = positive(`${where}: numTokens`, options.numTokens);
    this.outputMode = oneOf(`${where}: outputMode`, options.outputMode ?? 'multi_hot', MODES);
  }

  override call(x: Output): Output {
    const indices = x.dtype === 'int64' ? x : ops.cast(x, 'int32');
    return encode(indices, this.outputMode, this.numTokens, this.computeDType);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), num_tokens: this.numTokens, output_mode: this.outputMode };
  }
}
