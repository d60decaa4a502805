import type { Output } from '../../core/output.js';
import { type CallOptions, Layer, type LayerOptions } from '../../layers/layer.js';
import * as ops from '../../ops/index.js';
import * as random from '../../ops/random.js';

export interface StochasticDepthOptions extends LayerOptions {
  /** Share of the samples whose path is dropped, 0 … 1 (1 excluded). */
  dropPathRate: number;
}

/**
 * In training, sets whole samples to 0 and scales the others up to keep the sum (Huang et al. 2016, arXiv:1603.09382;
 * Keras has it beside ConvNeXt).
 *
 * Input shape: any. Output shape: the same.
 */
export class StochasticDepth extends Layer {
  static override readonly className = 'StochasticDepth';
  static override readonly optionNames = ['dropPathRate'];

  readonly dropPathRate: number;

  constructor(options: StochasticDepthOptions) {
    super(options);
    this.dropPathRate = options.dropPathRate;
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    if (!training || this.dropPathRate === 0) return x;
    const kept = 1 - this.dropPathRate;
    const rank = x.shape?.length ?? 1;
    const batch = ops.slice(ops.shape(x), [0], [1]);
    const shape = ops.concat([batch, ops.constant(Array<number>(rank - 1).fill(1), 'int32')], 0);
    const keep = ops.floor(ops.add(random.uniform(shape, { dtype: x.dtype }), kept));
    return ops.mul(ops.realDiv(x, kept), keep);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), drop_path_rate: this.dropPathRate };
  }
}
