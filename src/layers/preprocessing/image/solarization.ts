import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { asBytes, clip } from './colors.js';
import { perPicture } from './draws.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface SolarizationOptions extends RandomImageOptions {
  /** What is added first, as a share of the range; a number `f` stands for 0 … f. Default 0. */
  additionFactor?: Factor;
  /** Where values turn, as a share of the range; a number `f` stands for 0 … f. Default 0. */
  thresholdFactor?: Factor;
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
}

interface Solarized {
  readonly additions: Output;
  readonly thresholds: Output;
}

const MOST = 255;

/**
 * In training, adds to values and then inverts those from a threshold on (Keras `Solarization`). As in Keras, only upper ends
 * are shares of the range; lower ends are added as they are, of 255.
 *
 * @example
 * solarization({ thresholdFactor: 0.5 });
 */
export class Solarization extends RandomImage<Solarized> {
  static override readonly className = 'Solarization';
  static override readonly optionNames = [
    'additionFactor',
    'thresholdFactor',
    'valueRange',
    ...RandomImage.optionNames,
  ];

  readonly additionFactor: Range;
  readonly thresholdFactor: Range;
  readonly valueRange: Range;

  constructor(options: SolarizationOptions = {}) {
    super(options);
    this.additionFactor = parseFactor(`${this.where}: additionFactor`, options.additionFactor ?? 0, 0, 1);
    this.thresholdFactor = parseFactor(`${this.where}: thresholdFactor`, options.thresholdFactor ?? 0, 0, 1);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, MOST]);
  }

  override draw(images: Output): Solarized {
    const drawn = ([lower, upper]: Range): Output => perPicture(images, [lower, upper * MOST]);
    return { additions: drawn(this.additionFactor), thresholds: drawn(this.thresholdFactor) };
  }

  override transform(images: Output, { additions, thresholds }: Solarized): Output {
    return asBytes(images, this.valueRange, (bytes) => {
      const more = clip(ops.add(bytes, additions), [0, MOST]);
      return ops.where(ops.less(more, thresholds), more, ops.sub(MOST, more));
    });
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      addition_factor: this.additionFactor,
      threshold_factor: this.thresholdFactor,
      value_range: this.valueRange,
    };
  }
}
