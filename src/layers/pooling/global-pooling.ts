import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { spatialAxes } from '../data-format.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';
import type { PoolKind } from './pool.js';

export interface GlobalPoolingOptions extends SpatialOptions {
  /** Whether the pooled axes stay, with length 1. Default false. */
  keepdims?: boolean;
}

const REDUCTIONS = { max: ops.max, average: ops.mean } as const;

/** One value of each channel: what the global pooling layers share. */
export abstract class GlobalPooling extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['keepdims', ...SpatialLayer.optionNames];
  protected static readonly kind: PoolKind;

  readonly keepdims: boolean;

  constructor(options: GlobalPoolingOptions = {}) {
    super(options);
    this.keepdims = options.keepdims ?? false;
  }

  override call(x: Output): Output {
    return this.compute(x);
  }

  protected override compute(x: Output): Output {
    const { kind } = this.constructor as typeof GlobalPooling;
    return REDUCTIONS[kind](x, spatialAxes(this.dataFormat, this.rank), { keepDims: this.keepdims });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), keepdims: this.keepdims };
  }
}
