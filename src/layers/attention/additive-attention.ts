import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { Attention, type AttentionOptions, pairSums } from './attention.js';

export interface AdditiveAttentionOptions extends Omit<AttentionOptions, 'scoreMode'> {
  /** Whether features have learned factors. Default true. */
  useScale?: boolean;
}

/**
 * Attention by `Σ scale · tanh(query + key)` (Keras `AdditiveAttention`; Bahdanau et al. 2015).
 *
 * Input and output: as those of {@link Attention}.
 *
 * @example
 * additiveAttention().apply([query, value]);
 */
export class AdditiveAttention extends Attention {
  static override readonly className = 'AdditiveAttention';
  static override readonly optionNames = ['useScale', 'dropout', 'seed'];

  constructor(options: AdditiveAttentionOptions = {}) {
    super({ useScale: true, ...options });
  }

  protected override addScale(queryShape: Shape): Variable {
    const features = queryShape?.at(-1);
    if (features == null) {
      throw this.shapeError('a known last axis', formatKerasShape(queryShape), 'Give the model an input shape.');
    }
    return this.addWeight('scale', { shape: [features], initializer: initializers.glorotUniform() });
  }

  protected override scores(query: Output, key: Output, scale: Output | undefined): Output {
    const fits = ops.tanh(pairSums(query, key));
    return ops.sum(scale ? ops.mul(fits, scale) : fits, -1);
  }

  override getConfig(): Record<string, unknown> {
    const { score_mode: _, ...config } = super.getConfig();
    return config;
  }
}
