import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { chosen, perPicture } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { type AffineRows, RandomAffine, type RandomAffineOptions } from './random-affine.js';

export interface RandomShearOptions extends RandomAffineOptions {
  /** Columns that a row is moved by for each row above it; a number `f` stands for −f … f. Default 0. */
  xFactor?: Factor;
  /** Rows that a column is moved by for each column before it. Default 0. */
  yFactor?: Factor;
}

interface Shears {
  readonly x: Output;
  readonly y: Output;
}

/**
 * In training, shears pictures (Keras `RandomShear`), either way.
 *
 * @example
 * randomShear({ xFactor: 0.1 });
 */
export class RandomShear extends RandomAffine<Shears> {
  static override readonly className = 'RandomShear';
  static override readonly optionNames = ['xFactor', 'yFactor', ...RandomAffine.optionNames];

  readonly xFactor: Range;
  readonly yFactor: Range;

  constructor(options: RandomShearOptions = {}) {
    super(options);
    const parsed = (name: string, factor: Factor): Range => parseFactor(`${this.where}: ${name}`, factor, -1, 1);
    this.xFactor = parsed('xFactor', options.xFactor ?? 0);
    this.yFactor = parsed('yFactor', options.yFactor ?? 0);
  }

  override draw(images: Output): Shears {
    const sign = ops.sub(ops.mul(ops.cast(chosen(images, [0.5, 0.5]), images.dtype), 2), 1);
    return {
      x: ops.mul(sign, perPicture(images, this.xFactor)),
      y: ops.mul(sign, perPicture(images, this.yFactor)),
    };
  }

  protected override rows({ x, y }: Shears): AffineRows {
    return [
      [1, x, 0],
      [y, 1, 0],
    ];
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), x_factor: this.xFactor, y_factor: this.yFactor };
  }
}
