import type { Layer } from '../../layer.js';
import { augmentations } from './augmentations.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { parseInterpolation, type SampleInterpolation } from './interpolation.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface AugmentationPolicyOptions extends RandomImageOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
  /** How strong the changes are, 0 … 1; a number `f` stands for 0 … f. */
  factor?: Factor;
  /** Of those that move pixels: `bilinear` (default) or `nearest`. */
  interpolation?: string;
}

/** Chooses among layers that change pictures: what RandAugment and AugMix share. */
export abstract class AugmentationPolicy<Draws> extends RandomImage<Draws> {
  static override readonly optionNames: readonly string[] = [
    'valueRange',
    'factor',
    'interpolation',
    ...RandomImage.optionNames,
  ];

  readonly valueRange: Range;
  readonly factor: Range;
  readonly interpolation: SampleInterpolation;
  readonly augmentations: readonly Layer[];

  constructor(options: AugmentationPolicyOptions & { factor: Factor }, withColors: boolean) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
    this.factor = parseFactor(`${this.where}: factor`, options.factor, 0, 1);
    this.interpolation = parseInterpolation(this.where, options.interpolation);
    this.augmentations = augmentations({ ...this, dtype: this.dtypePolicy.name }, withColors);
  }

  override getConfig(): Record<string, unknown> {
    const { valueRange, factor, interpolation } = this;
    return { ...super.getConfig(), value_range: valueRange, factor, interpolation };
  }
}
