import type { Output } from '../../../core/output.js';
import { type Factor, parseValueRange, type Range } from './factor.js';
import { RandomBrightness } from './random-brightness.js';
import { RandomContrast } from './random-contrast.js';
import { RandomHue } from './random-hue.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';
import { RandomSaturation } from './random-saturation.js';

export interface RandomColorJitterOptions extends RandomImageOptions {
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
  /** Of {@link RandomBrightness}; null, the default, leaves it out. Likewise the others. */
  brightnessFactor?: Factor | null;
  contrastFactor?: Factor | null;
  saturationFactor?: Factor | null;
  hueFactor?: Factor | null;
}

/**
 * In training, changes brightness, contrast, saturation and hue, in this order (Keras `RandomColorJitter`).
 *
 * @example
 * randomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1 });
 */
export class RandomColorJitter extends RandomImage<null> {
  static override readonly className = 'RandomColorJitter';
  static override readonly optionNames = [
    'valueRange',
    'brightnessFactor',
    'contrastFactor',
    'saturationFactor',
    'hueFactor',
    ...RandomImage.optionNames,
  ];

  readonly valueRange: Range;
  readonly factors: Readonly<Record<'brightness' | 'contrast' | 'saturation' | 'hue', Factor | null>>;
  readonly steps: readonly RandomImage[];

  constructor(options: RandomColorJitterOptions = {}) {
    super(options);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
    const { brightnessFactor: brightness = null, contrastFactor: contrast = null } = options;
    const { saturationFactor: saturation = null, hueFactor: hue = null } = options;
    this.factors = { brightness, contrast, saturation, hue };
    const common = { valueRange: this.valueRange, dtype: this.dtypePolicy.name };
    this.steps = [
      ...(brightness === null ? [] : [new RandomBrightness({ ...common, factor: brightness })]),
      ...(contrast === null ? [] : [new RandomContrast({ ...common, factor: contrast })]),
      ...(saturation === null ? [] : [new RandomSaturation({ ...common, factor: saturation })]),
      ...(hue === null ? [] : [new RandomHue({ ...common, factor: hue })]),
    ];
  }

  override draw(): null {
    return null;
  }

  override transform(images: Output): Output {
    return this.steps.reduce((x, step) => step.transform(x, step.draw(x)), images);
  }

  override getConfig(): Record<string, unknown> {
    const { brightness, contrast, saturation, hue } = this.factors;
    return {
      ...super.getConfig(),
      value_range: this.valueRange,
      brightness_factor: brightness,
      contrast_factor: contrast,
      saturation_factor: saturation,
      hue_factor: hue,
    };
  }
}
