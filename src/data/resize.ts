import type { Operand } from '../core/operand.js';
import { toOutput } from '../core/operand.js';
import type { Output } from '../core/output.js';
import { formatShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';

/** Height and width. */
export type ImageSize = readonly [height: number, width: number];

/** The library's kernel for each way that it resizes by scaling and translating. */
const KERNELS = {
  nearest: null,
  area: null,
  bilinear: 'triangle',
  bicubic: 'keyscubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
  gaussian: 'gaussian',
  mitchellcubic: 'mitchellcubic',
} as const;
/** `tf.image.resize`'s ways to resize. */
export type ResizeMethod = keyof typeof KERNELS;

export interface ResizeOptions {
  /** @default 'bilinear' */
  method?: ResizeMethod;
  /** Whether the kernel widens where the picture shrinks; without a part in `nearest` and `area`. @default false */
  antialias?: boolean;
}

/** The name itself, if it is one. */
export function checkResizeMethod(name: ResizeMethod): ResizeMethod {
  if (!Object.hasOwn(KERNELS, name)) throw unknownName('way to resize', name, Object.keys(KERNELS));
  return name;
}

/**
 * Pictures of another size (`tf.image.resize`), in the graph.
 *
 * @param images `[height, width, channels]`, or `[n, height, width, channels]`
 * @param size height and width, or int32 [2]
 * @returns float32; `nearest` keeps the dtype
 * @throws ERR_SHAPE for other ranks; ERR_UNKNOWN_NAME for a method nobody knows
 */
export function resize(images: Operand, size: ImageSize | Output, options: ResizeOptions = {}): Output {
  const { method = 'bilinear', antialias = false } = options;
  checkResizeMethod(method);
  const input = toOutput(images);
  const rank = input.shape?.length;
  if (rank === 3) return ops.squeeze(resize(ops.expandDims(input, 0), size, options), [0]);
  if (rank !== 4) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `resize: expected pictures of shape [height, width, channels] or [n, height, width, channels], got ${formatShape(input.shape)}.`,
    );
  }
  const to = sizeOf(size);
  if (method === 'nearest') return ops.resizeNearestNeighbor(input, to, { halfPixelCenters: true });
  if (method === 'area') return ops.resizeArea(input, to);
  if (!antialias && method === 'bilinear') return ops.resizeBilinear(input, to, { halfPixelCenters: true });
  if (!antialias && method === 'bicubic') return ops.resizeBicubic(input, to, { halfPixelCenters: true });
  const from = ops.slice(ops.shape(input), [1], [2]);
  const scale = ops.div(ops.cast(to, 'float32'), ops.cast(from, 'float32'));
  return ops.scaleAndTranslate(input, to, scale, [0, 0], { kernelType: KERNELS[method], antialias });
}

/**
 * The largest part in the middle that has the target's aspect ratio, resized (Keras' `smart_resize`).
 *
 * @param image `[height, width, channels]`
 */
export function resizeWithCrop(image: Operand, size: ImageSize, options: ResizeOptions = {}): Output {
  const input = toOutput(image);
  const [height, width] = sidesOf(input);
  const [targetHeight, targetWidth] = size;
  const part = (side: Output, other: Output, own: number, others: number) => {
    const wanted = ops.cast(ops.div(ops.cast(ops.mul(other, own), 'float32'), others), 'int32');
    return ops.maximum(ops.minimum(side, wanted), 1);
  };
  const cropHeight = part(height, width, targetHeight, targetWidth);
  const cropWidth = part(width, height, targetWidth, targetHeight);
  const begin = ops.stack([half(height, cropHeight), half(width, cropWidth), ops.constant(0, 'int32')]);
  const cropped = ops.slice(input, begin, ops.stack([cropHeight, cropWidth, ops.constant(-1, 'int32')]));
  return resize(cropped, size, options);
}

/**
 * The whole picture, resized to fit in, in the middle of black (`tf.image.resize_with_pad`).
 *
 * @param image `[height, width, channels]`
 */
export function resizeWithPad(image: Operand, size: ImageSize, options: ResizeOptions = {}): Output {
  const input = toOutput(image);
  const from = ops.cast(ops.stack([...sidesOf(input)]), 'float64');
  const to = sizeOf(size);
  const ratio = ops.max(ops.div(from, ops.cast(to, 'float64')));
  const fitting = ops.cast(ops.floor(ops.div(from, ratio)), 'int32');
  const before = ops.floorDiv(ops.sub(to, fitting), 2);
  const after = ops.sub(ops.sub(to, fitting), before);
  const around = ops.concat([ops.stack([before, after], 1), ops.zeros([1, 2], 'int32')], 0);
  return ops.pad(resize(input, fitting, options), around);
}

function sizeOf(size: ImageSize | Output): Output {
  return Array.isArray(size) ? ops.constant(Int32Array.from(size)) : toOutput(size as Output);
}

function sidesOf(image: Output): [Output, Output] {
  const sides = ops.shape(image);
  return [ops.gather(sides, 0), ops.gather(sides, 1)];
}

function half(whole: Output, part: Output): Output {
  return ops.floorDiv(ops.sub(whole, part), 2);
}
