import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { normal, uniform } from '../../../ops/random.js';
import { boxes } from './boxes.js';
import { clip } from './colors.js';
import { chosen, count } from './draws.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface RandomErasingOptions extends RandomImageOptions {
  /** The probability that a picture loses a part, or the ends that it is drawn from. Default 1, which is drawn from 0 … 1. */
  factor?: Factor;
  /** The part, as a share of the picture. Default `[0.02, 0.33]`. */
  scale?: Factor;
  /** What is there then: one value, or one for each channel. Default: noise. */
  fillValue?: Factor | null;
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
}

interface Erased {
  /** `[batch, rows, columns, 1]` */
  readonly where: Output;
  readonly fill: Output;
}

/**
 * In training, replaces a random part of pictures (Keras `RandomErasing`).
 *
 * @see Zhong et al., Random Erasing Data Augmentation, 2017
 * @example
 * randomErasing({ factor: [0.5, 0.5], fillValue: 0 });
 */
export class RandomErasing extends RandomImage<Erased> {
  static override readonly className = 'RandomErasing';
  static override readonly optionNames = ['factor', 'scale', 'fillValue', 'valueRange', ...RandomImage.optionNames];

  readonly factor: Range;
  readonly scale: Range;
  readonly fillValue: Factor | null;
  readonly valueRange: Range;

  constructor(options: RandomErasingOptions = {}) {
    super(options);
    this.factor = parseFactor(`${this.where}: factor`, options.factor ?? 1, 0, 1);
    this.scale = parseFactor(`${this.where}: scale`, options.scale ?? [0.02, 0.33], 0, 1);
    this.fillValue = options.fillValue ?? null;
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
  }

  override draw(images: Output): Erased {
    const { dtype } = images;
    const [min, max] = this.scale;
    const side = (): Output => ops.sqrt(uniform(ops.stack([count(images)]), { min, max, dtype }));
    const where = ops.logicalAnd(boxes(images, side(), side()), chosen(images, this.factor));
    const noise = (): Output => normal(ops.shape(images), { stddev: this.valueRange[1], dtype });
    const fill = this.fillValue === null ? noise() : ops.constant(this.fillValue, dtype);
    return { where, fill: clip(fill, this.valueRange) };
  }

  override transform(images: Output, { where, fill }: Erased): Output {
    return ops.where(where, fill, images);
  }

  override getConfig(): Record<string, unknown> {
    const { factor, scale, fillValue, valueRange } = this;
    return { ...super.getConfig(), factor, scale, fill_value: fillValue, value_range: valueRange };
  }
}
