import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { clip, filtered } from './colors.js';
import { perPicture } from './draws.js';
import type { Range } from './factor.js';
import { RandomColor } from './random-color.js';

const [AROUND, CENTER] = [1 / 13, 5 / 13];
const SMOOTHING = [
  [AROUND, AROUND, AROUND],
  [AROUND, CENTER, AROUND],
  [AROUND, AROUND, AROUND],
];

/**
 * In training, blurs or sharpens (Keras `RandomSharpness`): a factor of 0.5 changes nothing, 0 gives the smoothed picture, 1
 * moves as far away from it.
 *
 * @example
 * randomSharpness({ factor: [0.4, 0.6] });
 */
export class RandomSharpness extends RandomColor {
  static override readonly className = 'RandomSharpness';
  static override readonly bounds: Range = [0, 1];

  override draw(images: Output): Output {
    return perPicture(images, this.factor);
  }

  override transform(images: Output, factor: Output): Output {
    const smooth = filtered(images, ops.constant(SMOOTHING, images.dtype));
    const share = ops.sub(1, ops.mul(factor, 2));
    return clip(ops.add(images, ops.mul(share, ops.sub(smooth, images))), this.valueRange);
  }
}
