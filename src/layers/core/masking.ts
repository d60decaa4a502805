import { setMask } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface MaskingOptions extends LayerOptions {
  /** Steps in which every feature has this value do not count. Default 0. */
  maskValue?: number;
}

/**
 * Hides the steps that are padding from the layers after it, and sets them to 0 (Keras `Masking`).
 *
 * Input shape: `[batch, steps, features]`. Output shape: the same; its mask is `[batch, steps]`.
 *
 * @example
 * sequential({ layers: [masking({ maskValue: -1, inputShape: [null, 8] }), lstm({ units: 32 })] });
 */
export class Masking extends Layer {
  static override readonly className = 'Masking';
  static override readonly optionNames = ['maskValue'];

  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    super(options);
    checkKinds(this.where, options, { maskValue: 'number' });
    this.maskValue = options.maskValue ?? 0;
  }

  override call(x: Output): Output {
    const mask = this.computeMask(x);
    const y = ops.select(ops.expandDims(mask, -1), x, ops.zerosLike(x));
    setMask(y, mask);
    return y;
  }

  /** True where a feature differs from the mask value. */
  override computeMask(x: Output): Output {
    return ops.any(ops.notEqual(x, this.maskValue), -1);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), mask_value: this.maskValue };
  }
}
