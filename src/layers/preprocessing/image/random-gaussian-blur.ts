import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { uniform } from '../../../ops/random.js';
import { type Pair, tuple } from '../../pairs.js';
import { clip, filtered, gaussian } from './colors.js';
import { chosen } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { RandomColor, type RandomColorOptions } from './random-color.js';

export interface RandomGaussianBlurOptions extends Omit<RandomColorOptions, 'factor'> {
  /** The probability that a picture is blurred, or the ends that it is drawn from. Default 1, which is drawn from 0 … 1. */
  factor?: Factor;
  /** Odd lengths of the kernel. Default 3. */
  kernelSize?: Pair;
  /** Its standard deviation in pixels; a number `f` stands for 0 … f. Default 1. */
  sigma?: Factor;
}

interface Blur {
  /** `[batch, 1, 1, 1]` */
  readonly where: Output;
  /** Along columns and rows, `[2]`. */
  readonly sigma: Output;
}

/** Why: a deviation of 0 is divided by. */
const LEAST = 1e-6;

/**
 * In training, blurs pictures (Keras `RandomGaussianBlur`), all of a batch alike.
 *
 * @example
 * randomGaussianBlur({ kernelSize: 5, sigma: [0.3, 1] });
 */
export class RandomGaussianBlur extends RandomColor<Blur> {
  static override readonly className = 'RandomGaussianBlur';
  static override readonly bounds: Range = [0, 1];
  static override readonly optionNames = ['kernelSize', 'sigma', ...RandomColor.optionNames];

  readonly kernelSize: readonly number[];
  readonly sigma: Range;

  constructor(options: RandomGaussianBlurOptions = {}) {
    super({ ...options, factor: options.factor ?? 1 });
    this.kernelSize = tuple(`${this.where}: kernelSize`, options.kernelSize ?? 3, 2);
    this.sigma = parseFactor(`${this.where}: sigma`, options.sigma ?? 1, 0, 1);
  }

  override draw(images: Output): Blur {
    const [min, max] = this.sigma;
    const sigma = ops.add(uniform([2], { min, max, dtype: images.dtype }), LEAST);
    return { where: chosen(images, this.factor), sigma };
  }

  override transform(images: Output, { where, sigma }: Blur): Output {
    const [x, y] = this.kernelSize.map((length, i) =>
      gaussian(ops.constant(length, 'int32'), ops.gather(sigma, i)),
    ) as [Output, Output];
    const kernel = ops.mul(ops.expandDims(y, 1), ops.expandDims(x, 0));
    return clip(ops.where(where, filtered(images, kernel), images), this.valueRange);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), kernel_size: this.kernelSize, sigma: this.sigma };
  }
}
