import type { Output } from '../../core/output.js';
import { formatKerasShape } from '../../core/shape.js';
import * as ops from '../../ops/index.js';
import { type Pair, tuple } from '../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';
import { type PoolKind, pool } from './pool.js';

export interface AdaptivePoolingOptions extends SpatialOptions {
  /** Lengths of the output, one for all axes or one for each. */
  outputSize: Pair;
}

/** As many windows as the output is to have values: what the adaptive pooling layers share. */
export abstract class AdaptivePooling extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['outputSize', ...SpatialLayer.optionNames];
  protected static readonly kind: PoolKind;

  readonly outputSize: readonly number[];

  constructor(options: AdaptivePoolingOptions) {
    super(options);
    this.outputSize = tuple(`${this.where}: outputSize`, options.outputSize, this.rank);
  }

  protected override compute(x: Output): Output {
    return this.outputSize.reduce((y, size, i) => this.#along(y, i, size), x);
  }

  /**
   * Pools one axis: window i reaches from ⌊i·length/size⌋ to ⌈(i+1)·length/size⌉, so there are at most two lengths of
   * window. Both are pooled everywhere, and the wanted ones gathered.
   */
  #along(x: Output, i: number, size: number): Output {
    const length = x.shape?.[i + 1];
    if (length == null) {
      throw this.shapeError('known lengths', formatKerasShape(x.shape), 'Give the model an input shape.');
    }
    const starts = Array.from({ length: size }, (_, k) => Math.floor((k * length) / size));
    const spans = starts.map((start, k) => Math.ceil(((k + 1) * length) / size) - start);
    const small = Math.min(...spans);
    const pooled = [...new Set([small, Math.max(...spans)])].map((span) => this.#everywhere(x, i, span));
    const firstBig = length - small + 1;
    const wanted = starts.map((start, k) => (spans[k] === small ? start : firstBig + start));
    return ops.gather(ops.concat(pooled, i + 1), wanted, i + 1);
  }

  #everywhere(x: Output, i: number, span: number): Output {
    const ones = this.outputSize.map(() => 1);
    const window = { size: ones.with(i, span), strides: ones, padding: 'valid' } as const;
    return pool((this.constructor as typeof AdaptivePooling).kind, x, window);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), output_size: this.outputSize };
  }
}
