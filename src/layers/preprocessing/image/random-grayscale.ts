import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { grayscale } from './colors.js';
import { chosen } from './draws.js';
import { parseFactor } from './factor.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

export interface RandomGrayscaleOptions extends RandomImageOptions {
  /** Share of the pictures that lose their colours. Default 0.5. */
  factor?: number;
}

/**
 * In training, some pictures lose their colours (Keras `RandomGrayscale`).
 *
 * @example
 * randomGrayscale({ factor: 0.1 });
 */
export class RandomGrayscale extends RandomImage {
  static override readonly className = 'RandomGrayscale';
  static override readonly optionNames = ['factor', ...RandomImage.optionNames];

  readonly factor: number;

  constructor(options: RandomGrayscaleOptions = {}) {
    super(options);
    this.factor = parseFactor(`${this.where}: factor`, options.factor ?? 0.5, 0, 1)[1];
  }

  override draw(images: Output): Output {
    return chosen(images, [this.factor, this.factor]);
  }

  override transform(images: Output, gray: Output): Output {
    return ops.where(gray, grayscale(images), images);
  }

  /** Keras forgets the seed. */
  override getConfig(): Record<string, unknown> {
    const { seed: _, ...config } = super.getConfig();
    return { ...config, factor: this.factor };
  }
}
