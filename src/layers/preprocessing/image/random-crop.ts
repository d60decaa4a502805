import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

import { uniformInt } from '../../../ops/random.js';
import { channelsLast } from '../../data-format.js';
import type { CallOptions } from '../../layer.js';
import { cut, proportioned, resize, sidesOf } from './resize.js';
import { SizedImage, type SizedImageOptions } from './sized-image.js';

export interface RandomCropOptions extends SizedImageOptions {
  /** Kept in files; the program's seed decides. */
  seed?: number | null;
}

/**
 * In training a random part of the pictures, the same place for a batch (Keras `RandomCrop`); otherwise, and where pictures are
 * not larger, their largest part in the middle of these proportions, resized. (Keras' text says so too; its version 3.15
 * leaves pictures as they are then.)
 *
 * Input shape: `[batch, rows, columns, channels]`, rows and columns known. Output shape: `[batch, height, width, channels]`.
 *
 * @example
 * randomCrop({ height: 28, width: 28 });
 */
export class RandomCrop extends SizedImage {
  static override readonly className = 'RandomCrop';
  static override readonly optionNames = ['seed', ...SizedImage.optionNames];

  readonly seed: number | null;

  constructor(options: RandomCropOptions) {
    super(options);
    this.seed = options.seed ?? null;
  }

  override call(x: Output, { training = false }: CallOptions = {}): Output {
    const images = ops.cast(x, this.computeDType);
    return channelsLast(this.dataFormat, images, (last) =>
      training && this.#fits(last) ? this.#part(last) : this.compute(last),
    );
  }

  #fits(images: Output): boolean {
    const [, rows = null, columns = null] = images.shape ?? [];
    return rows !== null && columns !== null && rows > this.height && columns > this.width;
  }

  #part(images: Output): Output {
    const [h, w] = sidesOf(images);
    const start = (side: Output, length: number): Output => uniformInt([], 0, ops.add(ops.sub(side, length), 1));
    return cut(images, start(h, this.height), start(w, this.width), this.height, this.width);
  }

  protected override compute(images: Output): Output {
    return resize(proportioned(images, [this.height, this.width]), [this.height, this.width], 'bilinear', false);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), seed: this.seed };
  }
}
