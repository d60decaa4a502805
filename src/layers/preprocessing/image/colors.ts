import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import type { Range } from './factor.js';

const BYTES: Range = [0, 255];
const GRAY = [0.2989, 0.587, 0.114];

/** Clipped to the range. */
export function clip(images: Output, [lower, upper]: Range): Output {
  return ops.minimum(ops.maximum(images, lower), upper);
}

/** From one range of values to another. */
export function moved(images: Output, from: Range, to: Range): Output {
  if (from[0] === to[0] && from[1] === to[1]) return images;
  const share = ops.div(ops.sub(images, from[0]), from[1] - from[0]);
  return ops.add(ops.mul(share, to[1] - to[0]), to[0]);
}

/** Computes with values of 0 … 255. */
export function asBytes(images: Output, range: Range, compute: (images: Output) => Output): Output {
  return moved(compute(moved(images, range, BYTES)), BYTES, range);
}

/** How bright it is, `[batch, rows, columns, 1]`; of a picture without colours itself. */
export function grayscale(images: Output): Output {
  if (images.shape?.at(-1) === 1) return images;
  return ops.sum(ops.mul(images, ops.constant(GRAY, images.dtype)), -1, { keepDims: true });
}

/** Computes with hue, saturation and value, `[batch, rows, columns]` each. */
export function asHsv(images: Output, compute: (h: Output, s: Output, v: Output) => Output[]): Output {
  const [h, s, v] = ops.unstack(ops.rgbToHSV(images), -1) as [Output, Output, Output];
  return ops.hsvToRGB(ops.stack(compute(h, s, v), -1));
}

/** Each channel convolved with one kernel `[rows, columns]`. */
export function filtered(images: Output, kernel: Output): Output {
  const channels = ops.gather(ops.shape(images), 3);
  const wide = ops.tile(
    ops.reshape(kernel, ops.concat([ops.shape(kernel), [1, 1]], 0)),
    ops.stack([1, 1, channels, 1]),
  );
  return ops.depthwiseConv2dNative(images, wide, { strides: [1, 1, 1, 1], padding: 'SAME' });
}

/** The bell curve of a length, int32 [], that adds to 1. */
export function gaussian(length: Output, sigma: Output): Output {
  const middle = ops.div(ops.cast(ops.sub(length, 1), sigma.dtype), 2);
  const at = ops.sub(ops.cast(ops.range(0, length), sigma.dtype), middle);
  const density = ops.exp(ops.mul(ops.square(ops.div(at, sigma)), -0.5));
  return ops.div(density, ops.sum(density));
}
