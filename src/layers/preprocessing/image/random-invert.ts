import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { chosen } from './draws.js';
import type { Range } from './factor.js';
import { RandomColor } from './random-color.js';

/**
 * In training, replaces values by what they lack to the upper end of `valueRange` (Keras `RandomInvert`), in pictures that are
 * chosen with a probability drawn from `factor`.
 *
 * @example
 * randomInvert({ factor: [0.5, 0.5] });
 */
export class RandomInvert extends RandomColor {
  static override readonly className = 'RandomInvert';
  static override readonly bounds: Range = [0, 1];

  override draw(images: Output): Output {
    return chosen(images, this.factor);
  }

  override transform(images: Output, inverted: Output): Output {
    return ops.where(inverted, ops.sub(this.valueRange[1], images), images);
  }
}
