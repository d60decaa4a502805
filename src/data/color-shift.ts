import type { Operand } from '../core/operand.js';
import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';

/** Axes of one picture in a batch. */
const PICTURE = [1, 2, 3];

/** Keras' apply_channel_shift: a value added to all channels, within the picture's own range. `[n, h, w, c]` → the same. */
export function shiftChannels(images: Output, intensity: Operand): Output {
  const { low, high } = rangeOf(images);
  return ops.minimum(ops.maximum(ops.add(images, perPicture(intensity)), low), high);
}

/**
 * Keras' apply_brightness_shift: the picture as whole numbers 0 … 255, blended with black as Pillow does it.
 * `[n, h, w, c]` → the same. An alpha channel keeps its value.
 *
 * @param brightness 0 is black, 1 leaves the picture, more makes it brighter
 */
export function shiftBrightness(images: Output, brightness: Operand): Output {
  const { low, high } = rangeOf(images);
  const beyond = ops.logicalOr(ops.less(low, 0), ops.greater(high, 255));
  const spread = ops.sub(high, low);
  const divisor = ops.select(ops.equal(spread, 0), 1, spread);
  const scaled = ops.mul(ops.div(ops.sub(images, low), divisor), 255);
  const whole = ops.floor(ops.select(beyond, scaled, images));
  const blended = ops.floor(ops.clipByValue(ops.mul(whole, perPicture(brightness)), 0, 255));
  const opaque = images.shape?.[3] === 4 ? keepAlpha(whole, blended) : blended;
  return ops.select(beyond, ops.add(ops.mul(ops.div(opaque, 255), spread), low), opaque);
}

/** Smallest and largest value of each picture, [n, 1, 1, 1]. */
function rangeOf(images: Output): { low: Output; high: Output } {
  return { low: ops.min(images, PICTURE, { keepDims: true }), high: ops.max(images, PICTURE, { keepDims: true }) };
}

function keepAlpha(before: Output, after: Output): Output {
  return ops.select([false, false, false, true], before, after);
}

function perPicture(value: Operand): Output {
  return ops.reshape(ops.cast(value, 'float32'), [-1, 1, 1, 1]);
}
