import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import { Layer, type LayerOptions } from '../../layers/layer.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';

export interface LayerScaleOptions extends LayerOptions {
  /** What the factors start with. */
  initValues: number;
  /** Number of channels. */
  projectionDim: number;
}

/**
 * A factor for each channel, learnt (Touvron et al. 2021, arXiv:2103.17239; Keras has it beside ConvNeXt).
 *
 * Input shape: `[batch, …, projectionDim]`. Output shape: the same.
 */
export class LayerScale extends Layer {
  static override readonly className = 'LayerScale';
  static override readonly optionNames = ['initValues', 'projectionDim'];

  readonly initValues: number;
  readonly projectionDim: number;
  #gamma!: Variable;

  constructor(options: LayerScaleOptions) {
    super(options);
    this.initValues = options.initValues;
    this.projectionDim = options.projectionDim;
  }

  override build(): void {
    const initializer = initializers.get({ class_name: 'Constant', config: { value: this.initValues } });
    this.#gamma = this.addWeight('gamma', { shape: [this.projectionDim], initializer });
  }

  override call(x: Output): Output {
    return ops.mul(x, this.#gamma.read());
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), init_values: this.initValues, projection_dim: this.projectionDim };
  }
}
