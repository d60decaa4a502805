import type { Output } from '../../../core/output.js';
import { EPSILON } from '../../../nn/epsilon.js';
import * as ops from '../../../ops/index.js';
import { asHsv, clip } from './colors.js';
import { perPicture } from './draws.js';
import { RandomColor } from './random-color.js';

/**
 * In training, multiplies the saturation by factor / (1 − factor) (Keras `RandomSaturation`): 0.5 changes nothing, 0 leaves
 * grays.
 *
 * @example
 * randomSaturation({ factor: [0.4, 0.6] });
 */
export class RandomSaturation extends RandomColor {
  static override readonly className = 'RandomSaturation';

  override draw(images: Output): Output {
    const factor = perPicture(images, this.factor);
    return ops.div(factor, ops.add(ops.sub(1, factor), EPSILON));
  }

  override transform(images: Output, scale: Output): Output {
    return asHsv(images, (h, s, v) => [h, clip(ops.mul(s, ops.squeeze(scale, [3])), this.valueRange), v]);
  }
}
