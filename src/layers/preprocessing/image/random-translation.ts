import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { perPicture } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { type AffineRows, RandomAffine, type RandomAffineOptions } from './random-affine.js';

export interface RandomTranslationOptions extends RandomAffineOptions {
  /** Downwards, as a share of the height; a number `f` stands for −|f| … |f|. */
  heightFactor: Factor;
  /** To the right, as a share of the width. */
  widthFactor: Factor;
}

/** Of height and width. */
interface Shares {
  readonly down: Output;
  readonly right: Output;
}

/**
 * In training, moves pictures (Keras `RandomTranslation`).
 *
 * @example
 * randomTranslation({ heightFactor: 0.1, widthFactor: 0.1 });
 */
export class RandomTranslation extends RandomAffine<Shares> {
  static override readonly className = 'RandomTranslation';
  static override readonly optionNames = ['heightFactor', 'widthFactor', ...RandomAffine.optionNames];

  readonly heightFactor: Factor;
  readonly widthFactor: Factor;
  readonly #down: Range;
  readonly #right: Range;

  constructor(options: RandomTranslationOptions) {
    super(options);
    this.heightFactor = options.heightFactor;
    this.widthFactor = options.widthFactor;
    this.#down = parseFactor(`${this.where}: heightFactor`, options.heightFactor, -1, 1);
    this.#right = parseFactor(`${this.where}: widthFactor`, options.widthFactor, -1, 1);
  }

  override draw(images: Output): Shares {
    return { down: perPicture(images, this.#down), right: perPicture(images, this.#right) };
  }

  protected override rows({ down, right }: Shares, height: Output, width: Output): AffineRows {
    return [
      [1, 0, ops.neg(ops.mul(right, width))],
      [0, 1, ops.neg(ops.mul(down, height))],
    ];
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), height_factor: this.heightFactor, width_factor: this.widthFactor };
  }
}
