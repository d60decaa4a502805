import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { SpatialLayer, type SpatialOptions } from '../../spatial-layer.js';
import { parseValueRange, type Range } from './factor.js';

export interface AutoContrastOptions extends SpatialOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
}

/**
 * Stretches the values of each channel so that they fill the range (Keras `AutoContrast`), in training and otherwise; a channel
 * of one value stays as it is.
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: the same.
 *
 * @example
 * autoContrast({ valueRange: [0, 1] });
 */
export class AutoContrast extends SpatialLayer {
  static override readonly className = 'AutoContrast';
  static override readonly optionNames = ['valueRange', ...SpatialLayer.optionNames];

  readonly valueRange: Range;

  constructor(options: AutoContrastOptions = {}) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
  }

  protected override compute(x: Output): Output {
    const images = ops.cast(x, this.computeDType);
    const low = ops.min(images, [1, 2], { keepDims: true });
    const width = ops.sub(ops.max(images, [1, 2], { keepDims: true }), low);
    const flat = ops.equal(width, 0);
    const [least, most] = this.valueRange;
    const share = ops.div(ops.sub(images, low), ops.where(flat, ops.onesLike(width), width));
    return ops.where(flat, images, ops.add(ops.mul(share, most - least), least));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), value_range: this.valueRange };
  }
}
