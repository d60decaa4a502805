import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { uniformInt } from '../../../ops/random.js';
import type { Layer } from '../../layer.js';
import { positive } from '../../pairs.js';
import { augmentations, augmented } from './augmentations.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface RandAugmentOptions extends RandomImageOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
  /** How many changes follow one another. Default 2. */
  numOps?: number;
  /** How strong they are, 0 … 1; a number `f` stands for 0 … f. Default 0.5. */
  factor?: Factor;
  /** Of those that move pixels: `bilinear` (default) or `nearest`. */
  interpolation?: string;
}

/**
 * In training, changes the pictures of a batch by layers that chance chooses: shear, translation, rotation, posterization,
 * solarization, contrast, equalization, brightness, colour and sharpness (Keras `RandAugment`). Only the chosen ones run.
 *
 * @see Cubuk et al., RandAugment, 2019
 * @example
 * randAugment({ valueRange: [0, 1], numOps: 3, factor: 0.3 });
 */
export class RandAugment extends RandomImage {
  static override readonly className = 'RandAugment';
  static override readonly optionNames = [
    'valueRange',
    'numOps',
    'factor',
    'interpolation',
    ...RandomImage.optionNames,
  ];

  readonly valueRange: Range;
  readonly numOps: number;
  readonly factor: Range;
  readonly interpolation: string;
  readonly augmentations: readonly Layer[];

  constructor(options: RandAugmentOptions = {}) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
    this.numOps = positive(`${this.where}: numOps`, options.numOps ?? 2);
    this.factor = parseFactor(`${this.where}: factor`, options.factor ?? 0.5, 0, 1);
    this.interpolation = options.interpolation ?? 'bilinear';
    this.augmentations = augmentations({ ...this, dtype: this.dtypePolicy.name }, true);
  }

  /** Which layers, int32 `[numOps]`. */
  override draw(): Output {
    return uniformInt([this.numOps], 0, this.augmentations.length);
  }

  override transform(images: Output, chosen: Output): Output {
    return ops.unstack(chosen).reduce((x, index) => augmented(x, this.augmentations, index), images);
  }

  override getConfig(): Record<string, unknown> {
    const { valueRange, numOps, factor, interpolation } = this;
    return { ...super.getConfig(), value_range: valueRange, num_ops: numOps, factor, interpolation };
  }
}
