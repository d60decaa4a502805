import { constant } from '../core/constant.js';
import type { Output } from '../core/output.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';

/** Channels of a decoded picture. */
const CHANNELS = { grayscale: 1, rgb: 3, rgba: 4 } as const;
export type ColorMode = keyof typeof CHANNELS;

/** The library's kernel for each of Pillow's ways to resize; `nearest` has an op of its own. */
const KERNELS = { nearest: null, bilinear: 'triangle', bicubic: 'keyscubic', lanczos: 'lanczos3' } as const;
export type Interpolation = keyof typeof KERNELS;

/** Part of a picture: its first row and column, its height and width, int32 [2] each. */
export interface Box {
  readonly start: Output;
  readonly size: Output;
}

/** The first byte of the formats that the library decodes with their alpha: PNG and BMP. */
const ALPHA_STARTS = [Uint8Array.of(0x89), Uint8Array.of(0x42)];
/** One channel more. */
const OPAQUE = [
  [0, 0],
  [0, 0],
  [0, 1],
];

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
  const decode = (channels: number) => ops.decodeImage(contents, { channels, expandAnimations: false });
  if (colorMode !== 'rgba') return decodeBy(decode, colorMode);
  const kinds = ops.equal(ops.substr(contents, 0, 1), constant(ALPHA_STARTS, 'string'));
  return shaped(
    ops.cond(
      ops.any(kinds, 0),
      () => decode(CHANNELS.rgba),
      () => opaque(decode(CHANNELS.rgb)),
    ),
    CHANNELS.rgba,
  );
}

/** A JPEG as Pillow decodes it: slower and more accurate than {@link decodePicture}. */
export function decodeJpeg(contents: Output, colorMode: ColorMode): Output {
  return decodeBy((channels) => ops.decodeJpeg(contents, { channels, dctMethod: 'INTEGER_ACCURATE' }), colorMode);
}

/** @param decode to three channels, as every format can be */
function decodeBy(decode: (channels: number) => Output, colorMode: ColorMode): Output {
  const colored = shaped(decode(CHANNELS.rgb), CHANNELS.rgb);
  if (colorMode === 'grayscale') return toGray(colored);
  return colorMode === 'rgba' ? opaque(colored) : colored;
}

function opaque(picture: Output): Output {
  return ops.padV2(shaped(picture, CHANNELS.rgb), OPAQUE, 255);
}

function shaped(picture: Output, channels: number): Output {
  return picture.setShape([null, null, channels]);
}

/**
 * As Pillow resizes: the kernel widens where the picture shrinks; columns first, then rows, whole numbers after each.
 *
 * @param size height and width, int32 [2]
 * @param box the part that is resized, the whole without one; at its edges kernels see what is beyond, as Pillow's do
 */
export function resizePicture(picture: Output, size: Output, interpolation: Interpolation, box?: Box): Output {
  const kernelType = KERNELS[interpolation];
  if (kernelType === null) {
    const batch = ops.expandDims(box ? cut(picture, box) : picture, 0);
    return first(ops.resizeNearestNeighbor(batch, size, { halfPixelCenters: true }));
  }
  const whole = ops.slice(ops.shape(picture), [0], [2]);
  const scale = ops.div(ops.cast(size, 'float32'), ops.cast(box?.size ?? whole, 'float32'));
  const translation = box ? ops.neg(ops.mul(ops.cast(box.start, 'float32'), scale)) : constant([0, 0]);
  const along = (batch: Output, axis: readonly boolean[], after: Output) =>
    wholeNumbers(
      ops.scaleAndTranslate(batch, after, ops.select(axis, scale, [1, 1]), ops.select(axis, translation, [0, 0]), {
        kernelType,
      }),
    );
  const wide = along(ops.expandDims(picture, 0), [false, true], ops.select([true, false], whole, size));
  return first(along(wide, [true, false], size));
}

/** The middle of a picture in the shape of what it is brought to. */
export function middleBox(picture: Output, [height, width]: readonly [number, number]): Box {
  const whole = ops.slice(ops.shape(picture), [0], [2]);
  const other = ops.floorDiv(ops.mul(ops.reverseV2(whole, [0]), [height, width]), [width, height]);
  const size = ops.maximum(ops.minimum(whole, other), 1);
  return { start: ops.floorDiv(ops.sub(whole, size), 2), size };
}

function cut(picture: Output, { start, size }: Box): Output {
  return ops.slice(picture, ops.concat([start, [0]], 0), ops.concat([size, [-1]], 0));
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
