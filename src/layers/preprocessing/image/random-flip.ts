import type { Output } from '../../../core/output.js';
import { unknownName } from '../../../errors/suggest.js';
import * as ops from '../../../ops/index.js';
import { chosen } from './draws.js';
import { RandomImage, type RandomImageOptions } from './random-image.js';

/** Which axes are mirrored. */
const AXES: Readonly<Record<string, readonly number[]>> = {
  horizontal: [2],
  vertical: [1],
  horizontal_and_vertical: [2, 1],
};

export interface RandomFlipOptions extends RandomImageOptions {
  /** `horizontal`, `vertical`, or `horizontal_and_vertical` (default): both at once, as Keras does. */
  mode?: string;
}

/**
 * In training, mirrors half of the pictures (Keras `RandomFlip`).
 *
 * @example
 * randomFlip({ mode: 'horizontal' });
 */
export class RandomFlip extends RandomImage {
  static override readonly className = 'RandomFlip';
  static override readonly optionNames = ['mode', ...RandomImage.optionNames];

  readonly mode: string;

  constructor(options: RandomFlipOptions = {}) {
    super(options);
    this.mode = options.mode ?? 'horizontal_and_vertical';
    if (!Object.hasOwn(AXES, this.mode)) throw unknownName('mode of RandomFlip', this.mode, Object.keys(AXES));
  }

  override draw(images: Output): Output {
    return chosen(images, [0.5, 0.5]);
  }

  override transform(images: Output, flipped: Output): Output {
    return ops.where(flipped, ops.reverseV2(images, [...(AXES[this.mode] ?? [])]), images);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), mode: this.mode };
  }
}
