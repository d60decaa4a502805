import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';
import { type Margins, parseMargins } from './margins.js';

export interface ZeroPaddingOptions extends SpatialOptions {
  /** Default 1. */
  padding?: Margins;
}

/** Zeros around: what the zero padding layers share. */
export abstract class ZeroPadding extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['padding', ...SpatialLayer.optionNames];

  readonly padding: readonly (readonly [number, number])[];

  constructor(options: ZeroPaddingOptions = {}) {
    super(options);
    this.padding = parseMargins(`${this.where}: padding`, options.padding ?? 1, this.rank);
  }

  protected override compute(x: Output): Output {
    return ops.pad(x, [[0, 0], ...this.padding.map((pair) => [...pair]), [0, 0]]);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), padding: this.rank === 1 ? this.padding[0] : this.padding };
  }
}
