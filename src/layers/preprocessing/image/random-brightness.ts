import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { clip } from './colors.js';
import { perPicture } from './draws.js';
import { RandomColor } from './random-color.js';

/**
 * In training, makes pictures darker or brighter by a share of `valueRange` (Keras `RandomBrightness`); a factor `f` stands for
 * −|f| … |f|.
 *
 * @example
 * randomBrightness({ factor: 0.2 });
 */
export class RandomBrightness extends RandomColor {
  static override readonly className = 'RandomBrightness';

  override draw(images: Output): Output {
    const [lower, upper] = this.valueRange;
    return ops.mul(perPicture(images, this.factor), upper - lower);
  }

  override transform(images: Output, delta: Output): Output {
    return clip(ops.add(images, delta), this.valueRange);
  }
}
