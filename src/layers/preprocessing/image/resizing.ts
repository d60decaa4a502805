import type { Output } from '../../../core/output.js';
import { TensorFlowError } from '../../../errors/errors.js';
import { unknownName } from '../../../errors/suggest.js';
import * as ops from '../../../ops/index.js';

import { INTERPOLATIONS, type Interpolation, padded, proportioned, resize, type Size } from './resize.js';
import { SizedImage, type SizedImageOptions } from './sized-image.js';

export interface ResizingOptions extends SizedImageOptions {
  /** `bilinear` (default), `nearest`, `bicubic`, `area`, `lanczos3` or `lanczos5`. */
  interpolation?: Interpolation;
  /** Whether only the largest part in the middle of the right proportions is seen. Default false. */
  cropToAspectRatio?: boolean;
  /** Whether margins give the right proportions. Default false. */
  padToAspectRatio?: boolean;
  /** Only `constant`. */
  fillMode?: 'constant';
  /** Value of the margins. Default 0. */
  fillValue?: number;
  /** Whether the kernel widens where the picture shrinks. Default false. */
  antialias?: boolean;
}

/**
 * Pictures of one size (Keras `Resizing`).
 *
 * Input shape: `[batch, rows, columns, channels]`. Output shape: `[batch, height, width, channels]`.
 *
 * @example
 * resizing({ height: 150, width: 150 });
 */
export class Resizing extends SizedImage {
  static override readonly className = 'Resizing';
  static override readonly optionNames = [
    'interpolation',
    'cropToAspectRatio',
    'padToAspectRatio',
    'fillMode',
    'fillValue',
    'antialias',
    ...SizedImage.optionNames,
  ];

  readonly interpolation: Interpolation;
  readonly cropToAspectRatio: boolean;
  readonly padToAspectRatio: boolean;
  readonly fillMode: 'constant';
  readonly fillValue: number;
  readonly antialias: boolean;

  constructor(options: ResizingOptions) {
    super(options);
    const { interpolation = 'bilinear', cropToAspectRatio = false, padToAspectRatio = false } = options;
    if (!INTERPOLATIONS.includes(interpolation))
      throw unknownName(`interpolation of ${this.where}`, interpolation, INTERPOLATIONS);
    if (cropToAspectRatio && padToAspectRatio) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${this.where}: cropToAspectRatio and padToAspectRatio exclude each other.`,
      );
    }
    this.interpolation = interpolation;
    this.cropToAspectRatio = cropToAspectRatio;
    this.padToAspectRatio = padToAspectRatio;
    this.fillMode = options.fillMode ?? 'constant';
    this.fillValue = options.fillValue ?? 0;
    this.antialias = options.antialias ?? false;
  }

  protected override compute(x: Output): Output {
    const size: Size = [this.height, this.width];
    const images = this.#inProportion(ops.cast(x, this.computeDType), size);
    return resize(images, size, this.interpolation, this.antialias);
  }

  #inProportion(images: Output, size: Size): Output {
    if (this.cropToAspectRatio) return proportioned(images, size);
    return this.padToAspectRatio ? padded(images, size, this.fillValue) : images;
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      interpolation: this.interpolation,
      crop_to_aspect_ratio: this.cropToAspectRatio,
      pad_to_aspect_ratio: this.padToAspectRatio,
      fill_mode: this.fillMode,
      fill_value: this.fillValue,
      antialias: this.antialias,
    };
  }
}
