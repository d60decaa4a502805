import type { Output } from '../../core/output.js';
import { type Pair, parsePadding, tuple } from '../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';
import { type PoolKind, type PoolWindow, pool } from './pool.js';

export interface PoolingOptions extends SpatialOptions {
  /** Default 2. */
  poolSize?: Pair;
  /** Default: `poolSize`. */
  strides?: Pair | null;
  /** `valid` (default) or `same`. */
  padding?: string;
}

/** One value of each window: what the max and the average pooling layers share. */
export abstract class Pooling extends SpatialLayer {
  static override readonly optionNames: readonly string[] = [
    'poolSize',
    'strides',
    'padding',
    ...SpatialLayer.optionNames,
  ];
  protected static readonly kind: PoolKind;

  readonly window: PoolWindow;

  constructor(options: PoolingOptions = {}) {
    super(options);
    const size = tuple(`${this.where}: poolSize`, options.poolSize ?? 2, this.rank);
    const strides = tuple(`${this.where}: strides`, options.strides ?? size, this.rank);
    this.window = { size, strides, padding: parsePadding(this.where, options.padding ?? 'valid') };
  }

  protected override compute(x: Output): Output {
    return pool((this.constructor as typeof Pooling).kind, x, this.window);
  }

  override getConfig(): Record<string, unknown> {
    const { size, strides, padding } = this.window;
    return { ...super.getConfig(), pool_size: size, strides, padding };
  }
}
