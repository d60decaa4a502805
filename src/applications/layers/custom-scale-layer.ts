import type { Output } from '../../core/output.js';
import { Layer, type LayerOptions } from '../../layers/layer.js';
import * as ops from '../../ops/index.js';

export interface CustomScaleOptions extends LayerOptions {
  scale: number;
}

/**
 * `a + scale · b` of two inputs (Keras has it beside InceptionResNetV2, under this name).
 *
 * Input shape: two of the same. Output shape: the same.
 */
export class CustomScaleLayer extends Layer {
  static override readonly className = 'CustomScaleLayer';
  static override readonly optionNames = ['scale'];

  readonly scale: number;

  constructor(options: CustomScaleOptions) {
    super(options);
    this.scale = options.scale;
  }

  override call([a, b]: readonly [Output, Output]): Output {
    return ops.add(a, ops.mul(b, this.scale));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), scale: this.scale };
  }
}
