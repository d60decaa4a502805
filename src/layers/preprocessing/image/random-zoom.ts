import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { perPicture } from './draws.js';
import { type Factor, parseFactor, type Range } from './factor.js';
import { type AffineRows, RandomAffine, type RandomAffineOptions } from './random-affine.js';

export interface RandomZoomOptions extends RandomAffineOptions {
  /** How much higher the part is that is seen: negative zooms in; a number `f` stands for −|f| … |f|. */
  heightFactor: Factor;
  /** Likewise the width. Default: what is drawn for the height. */
  widthFactor?: Factor | null;
}

/** How high and wide the part is that is seen; 1: as the picture. */
interface Zooms {
  readonly height: Output;
  readonly width: Output;
}

/**
 * In training, zooms in or out (Keras `RandomZoom`).
 *
 * @example
 * randomZoom({ heightFactor: [-0.2, 0] });   // in, by up to a fifth
 */
export class RandomZoom extends RandomAffine<Zooms> {
  static override readonly className = 'RandomZoom';
  static override readonly optionNames = ['heightFactor', 'widthFactor', ...RandomAffine.optionNames];

  readonly heightFactor: Factor;
  readonly widthFactor: Factor | null;
  readonly #height: Range;
  readonly #width: Range | null;

  constructor(options: RandomZoomOptions) {
    super(options);
    this.heightFactor = options.heightFactor;
    this.widthFactor = options.widthFactor ?? null;
    this.#height = parseFactor(`${this.where}: heightFactor`, this.heightFactor, -1, 1);
    this.#width = this.widthFactor === null ? null : parseFactor(`${this.where}: widthFactor`, this.widthFactor, -1, 1);
  }

  override draw(images: Output): Zooms {
    const drawn = ([lower, upper]: Range): Output => perPicture(images, [1 + lower, 1 + upper]);
    const height = drawn(this.#height);
    return { height, width: this.#width ? drawn(this.#width) : height };
  }

  protected override rows(zooms: Zooms, height: Output, width: Output): AffineRows {
    const start = (side: Output, zoom: Output): Output => ops.mul(ops.div(ops.sub(side, 1), 2), ops.sub(1, zoom));
    return [
      [zooms.width, 0, start(width, zooms.width)],
      [0, zooms.height, start(height, zooms.height)],
    ];
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), height_factor: this.heightFactor, width_factor: this.widthFactor };
  }
}
