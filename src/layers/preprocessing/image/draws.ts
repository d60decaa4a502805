import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { shuffle, uniform } from '../../../ops/random.js';
import type { Range } from './factor.js';

/** How many pictures there are, int32 []. */
export function count(images: Output): Output {
  return ops.gather(ops.shape(images), 0);
}

/** A number for each picture, `[batch, 1, 1, 1]`. */
export function perPicture(images: Output, [min, max]: Range): Output {
  return uniform(ops.stack([count(images), 1, 1, 1]), { min, max, dtype: images.dtype });
}

/** For each picture whether it is changed, with a probability that is itself drawn from the range. */
export function chosen(images: Output, probability: Range): Output {
  return ops.less(perPicture(images, [0, 1]), perPicture(images, probability));
}

/** Pictures in random order, int32 [batch]. */
export function order(images: Output): Output {
  return shuffle(ops.range(0, count(images)));
}
