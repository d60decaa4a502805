import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { clip } from './colors.js';
import { perPicture } from './draws.js';
import type { Range } from './factor.js';
import { RandomColor } from './random-color.js';

/**
 * In training, moves values from the mean of their channel, or towards it (Keras `RandomContrast`): by a factor of
 * 1 − lower … 1 + upper. As in Keras, one number `f` is only the upper end.
 *
 * @example
 * randomContrast({ factor: [0.3, 0.3] });
 */
export class RandomContrast extends RandomColor {
  static override readonly className = 'RandomContrast';
  static override readonly bounds: Range = [0, 1];

  override draw(images: Output): Output {
    const [lower, upper] = this.factor;
    return perPicture(images, [1 - lower, 1 + upper]);
  }

  override transform(images: Output, contrast: Output): Output {
    const mean = ops.mean(images, [1, 2], { keepDims: true });
    return clip(ops.add(ops.mul(ops.sub(images, mean), contrast), mean), this.valueRange);
  }
}
