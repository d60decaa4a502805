import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { asHsv, clip, moved } from './colors.js';
import { chosen, perPicture } from './draws.js';
import type { Range } from './factor.js';
import { RandomColor } from './random-color.js';

/**
 * In training, turns the hues by up to half a circle times the factor, either way (Keras `RandomHue`).
 *
 * @example
 * randomHue({ factor: 0.1 });
 */
export class RandomHue extends RandomColor {
  static override readonly className = 'RandomHue';
  static override readonly bounds: Range = [0, 1];

  override draw(images: Output): Output {
    const sign = ops.sub(ops.mul(ops.cast(chosen(images, [0.5, 0.5]), images.dtype), 2), 1);
    return ops.mul(ops.mul(sign, perPicture(images, this.factor)), 0.5);
  }

  override transform(images: Output, turn: Output): Output {
    const turned = asHsv(moved(images, this.valueRange, [0, 1]), (h, s, v) => {
      const hue = ops.add(h, ops.squeeze(turn, [3]));
      return [ops.sub(hue, ops.floor(hue)), s, v];
    });
    return moved(clip(turned, [0, 1]), [0, 1], this.valueRange);
  }
}
