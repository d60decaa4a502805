import type { Output } from '../../../core/output.js';
import { type Factor, parseFactor, parseValueRange, type Range } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface RandomColorOptions extends RandomImageOptions {
  /** How much, drawn for each picture: the ends of a range, or one number as the class says. */
  factor: Factor;
  /** What the values are between. Default `[0, 255]`. */
  valueRange?: readonly number[];
}

/** Changes colours by a factor that is drawn for each picture: what such layers share. */
export abstract class RandomColor<Draws = Output> extends RandomImage<Draws> {
  static override readonly optionNames: readonly string[] = ['factor', 'valueRange', ...RandomImage.optionNames];
  /** What a factor may be. */
  static readonly bounds: Range = [-1, 1];

  readonly factor: Range;
  readonly valueRange: Range;

  constructor(options: RandomColorOptions) {
    super(options);
    const [least, most] = (this.constructor as typeof RandomColor).bounds;
    this.factor = parseFactor(`${this.where}: factor`, options.factor, least, most);
    this.valueRange = parseValueRange(this.where, options.valueRange ?? [0, 255]);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), factor: this.factor, value_range: this.valueRange };
  }
}
