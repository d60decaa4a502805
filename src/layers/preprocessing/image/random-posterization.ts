import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { uniformInt } from '../../../ops/random.js';
import { asBytes } from './colors.js';
import { count } from './draws.js';
import type { Range } from './factor.js';
import { RandomColor } from './random-color.js';

const BITS = 8;

/**
 * In training, keeps only the upper bits of each byte (Keras `RandomPosterization`): a number of bits drawn from `factor`,
 * 1 … 8, its upper end left out.
 *
 * @example
 * randomPosterization({ factor: [3, 6] });
 */
export class RandomPosterization extends RandomColor {
  static override readonly className = 'RandomPosterization';
  static override readonly bounds: Range = [1, BITS];

  override draw(images: Output): Output {
    const [lower, upper] = this.factor;
    const shape = ops.stack([count(images), 1, 1, 1]);
    return ops.sub(BITS, lower === upper ? ops.fill(shape, lower) : uniformInt(shape, lower, upper));
  }

  /** @param dropped how many bits are not kept */
  override transform(images: Output, dropped: Output): Output {
    return asBytes(images, this.valueRange, (x) => {
      const bytes = ops.cast(x, 'uint8');
      const bits = ops.cast(dropped, 'uint8');
      return ops.cast(ops.leftShift(ops.rightShift(bytes, bits), bits), images.dtype);
    });
  }
}
