import type { Output } from '../core/output.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';

/** Channels of a decoded picture. */
const CHANNELS = { grayscale: 1, rgb: 3, rgba: 4 } as const;
export type ColorMode = keyof typeof CHANNELS;

/** The library's kernel for each of Pillow's ways to resize; `nearest` has an op of its own. */
const KERNELS = { nearest: null, bilinear: 'triangle', bicubic: 'keyscubic', lanczos: 'lanczos3' } as const;
export type Interpolation = keyof typeof KERNELS;

/** Pillow's weights of red, green and blue in a grey value. */
const LUMA = [0.299, 0.587, 0.114];

export function channelsOf(colorMode: ColorMode): number {
  return CHANNELS[colorMode];
}

/** The name itself, if it is one. */
export function checkColorMode(name: ColorMode): ColorMode {
  if (!Object.hasOwn(CHANNELS, name)) throw unknownName('colorMode', name, Object.keys(CHANNELS));
  return name;
}

/** The name itself, if it is one. */
export function checkInterpolation(name: Interpolation): Interpolation {
  if (!Object.hasOwn(KERNELS, name)) throw unknownName('interpolation', name, Object.keys(KERNELS));
  return name;
}

/**
 * A picture of any format the library knows (PNG, JPEG, BMP, GIF: its first frame) from a file's bytes.
 *
 * Output shape: uint8 `[height, width, channels]`.
 */
export function decodePicture(contents: Output, colorMode: ColorMode): Output {
  return decodeBy((channels) => ops.decodeImage(contents, { channels, expandAnimations: false }), colorMode);
}

/** A JPEG as Pillow decodes it: slower and more accurate than {@link decodePicture}. */
export function decodeJpeg(contents: Output, colorMode: ColorMode): Output {
  return decodeBy((channels) => ops.decodeJpeg(contents, { channels, dctMethod: 'INTEGER_ACCURATE' }), colorMode);
}

function decodeBy(decode: (channels: number) => Output, colorMode: ColorMode): Output {
  const channels = channelsOf(colorMode);
  return channels === 1 ? toGray(decode(CHANNELS.rgb)) : decode(channels).setShape([null, null, channels]);
}

/**
 * As Pillow resizes: the kernel widens where the picture shrinks; columns first, then rows, whole numbers after each.
 *
 * @param size height and width, int32 [2]
 */
export function resizePicture(picture: Output, size: Output, interpolation: Interpolation): Output {
  const kernelType = KERNELS[interpolation];
  const batch = ops.expandDims(picture, 0);
  if (kernelType === null) return first(ops.resizeNearestNeighbor(batch, size, { halfPixelCenters: true }));
  const before = ops.slice(ops.shape(picture), [0], [2]);
  const between = ops.select([true, false], before, size);
  const wide = scaled(batch, before, between, kernelType);
  return first(scaled(wide, between, size, kernelType));
}

function scaled(batch: Output, before: Output, after: Output, kernelType: string): Output {
  const scale = ops.div(ops.cast(after, 'float32'), ops.cast(before, 'float32'));
  return wholeNumbers(ops.scaleAndTranslate(batch, after, scale, [0, 0], { kernelType }));
}

// Why: the library's own decoder to one channel weighs green as blue.
function toGray(picture: Output): Output {
  return wholeNumbers(ops.sum(ops.mul(ops.cast(picture, 'float32'), LUMA), -1, { keepDims: true }));
}

function first(batch: Output): Output {
  return ops.squeeze(batch, [0]);
}

function wholeNumbers(picture: Output): Output {
  return ops.cast(ops.clipByValue(ops.floor(ops.add(picture, 0.5)), 0, 255), 'uint8');
}
