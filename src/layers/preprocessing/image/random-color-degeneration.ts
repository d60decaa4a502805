import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { clip, grayscale } from './colors.js';
import { perPicture } from './draws.js';
import { RandomColor } from './random-color.js';

/**
 * In training, takes away a share of the colours (Keras `RandomColorDegeneration`): 1 leaves grays.
 *
 * @example
 * randomColorDegeneration({ factor: [0, 0.5] });
 */
export class RandomColorDegeneration extends RandomColor {
  static override readonly className = 'RandomColorDegeneration';

  override draw(images: Output): Output {
    return perPicture(images, this.factor);
  }

  override transform(images: Output, factor: Output): Output {
    return clip(ops.add(images, ops.mul(factor, ops.sub(grayscale(images), images))), this.valueRange);
  }
}
