import type { Output } from '../../core/output.js';
import { oneOf } from '../../nn/serialization.js';
import * as ops from '../../ops/index.js';
import { grown, newSize, repeat, UpSampling, type UpSamplingOptions } from './up-sampling.js';

export interface UpSampling2DOptions extends UpSamplingOptions {
  /** `nearest` (default), `bilinear`, `bicubic`, `lanczos3` or `lanczos5`. */
  interpolation?: string;
}

const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos3', 'lanczos5'] as const;

/**
 * Pictures made larger by a whole number (Keras `UpSampling2D`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, rows · size[0], columns · size[1], channels]`.
 *
 * @example
 * upSampling2d({ size: 2, interpolation: 'bilinear' });
 */
export class UpSampling2D extends UpSampling {
  static override readonly className = 'UpSampling2D';
  static override readonly optionNames = ['interpolation', ...UpSampling.optionNames];

  readonly interpolation: (typeof INTERPOLATIONS)[number];

  constructor(options: UpSampling2DOptions = {}) {
    super(options);
    this.interpolation = oneOf(`${this.where}: interpolation`, options.interpolation ?? 'nearest', INTERPOLATIONS);
  }

  protected override compute(x: Output): Output {
    return this.interpolation === 'nearest' ? repeat(x, this.size) : this.#interpolate(x).setShape(grown(x, this.size));
  }

  #interpolate(x: Output): Output {
    const size = newSize(x, this.size);
    const halfPixelCenters = true;
    switch (this.interpolation) {
      case 'bilinear':
        return ops.resizeBilinear(x, size, { halfPixelCenters });
      case 'bicubic':
        return ops.resizeBicubic(x, size, { halfPixelCenters });
      default:
        return ops.scaleAndTranslate(x, size, this.size.map(Number), [0, 0], {
          kernelType: this.interpolation,
          antialias: false,
        });
    }
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), size: this.size, interpolation: this.interpolation };
  }
}
