import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';

/** The library's kernels that resize by scaling and translating. */
const KERNELS = {
  bilinear: 'triangle',
  bicubic: 'keyscubic',
  lanczos3: 'lanczos3',
  lanczos5: 'lanczos5',
} as const;

/** How pixels between pixels are found. */
export type Interpolation = 'nearest' | 'area' | keyof typeof KERNELS;
export const INTERPOLATIONS: readonly string[] = ['nearest', 'area', ...Object.keys(KERNELS)];

/** Rows and columns. */
export type Size = readonly [height: number, width: number];

/** Pictures of that size, in the dtype of the input. */
export function resize(images: Output, size: Size, interpolation: Interpolation, antialias: boolean): Output {
  const y = ops.cast(resized(images, [...size], interpolation, antialias), images.dtype);
  const [batch = null, , , channels = null] = images.shape ?? [];
  return y.setShape([batch, ...size, channels]);
}

function resized(images: Output, size: number[], interpolation: Interpolation, antialias: boolean): Output {
  const options = { halfPixelCenters: true };
  if (interpolation === 'nearest') return ops.resizeNearestNeighbor(images, size, options);
  if (interpolation === 'area') return ops.resizeArea(images, size);
  if (!antialias && interpolation === 'bilinear') return ops.resizeBilinear(images, size, options);
  if (!antialias && interpolation === 'bicubic') return ops.resizeBicubic(images, size, options);
  const sides = ops.cast(ops.slice(ops.shape(images), [1], [2]), 'float32');
  const scale = ops.div(ops.constant(size, 'float32'), sides);
  const kernelType = KERNELS[interpolation];
  return ops.scaleAndTranslate(ops.cast(images, 'float32'), size, scale, [0, 0], { kernelType, antialias });
}

/** The largest part in the middle of the same proportions as the size. */
export function proportioned(images: Output, size: Size): Output {
  const [height, width] = sidesOf(images);
  const rows = ops.maximum(ops.minimum(height, inProportion(width, size[0], size[1])), 1);
  const columns = ops.maximum(ops.minimum(width, inProportion(height, size[1], size[0])), 1);
  return cut(images, half(ops.sub(height, rows)), half(ops.sub(width, columns)), rows, columns);
}

/** Margins above and below, or left and right, that give the proportions of the size. */
export function padded(images: Output, size: Size, fillValue: number): Output {
  const [height, width] = sidesOf(images);
  const down = half(ops.sub(ops.maximum(height, inProportion(width, size[0], size[1])), height));
  const right = half(ops.sub(ops.maximum(width, inProportion(height, size[1], size[0])), width));
  const margins = ops.stack([0, 0, down, down, right, right, 0, 0]);
  return ops.padV2(images, ops.reshape(margins, [4, 2]), ops.constant(fillValue, images.dtype));
}

/** A part of each picture. */
export function cut(
  images: Output,
  row: Output | number,
  column: Output | number,
  rows: Output | number,
  columns: Output | number,
): Output {
  const axes = (own: readonly (Output | number)[]): Output => ops.stack(own.map((v) => ops.cast(v, 'int32')));
  const part = ops.slice(images, axes([0, row, column, 0]), axes([-1, rows, columns, -1]));
  const [batch = null, , , channels = null] = images.shape ?? [];
  const known = (length: Output | number): number | null => (typeof length === 'number' ? length : null);
  return part.setShape([batch, known(rows), known(columns), channels]);
}

/** int32, [] each. */
export function sidesOf(images: Output): [height: Output, width: Output] {
  const shape = ops.shape(images);
  return [ops.gather(shape, 1), ops.gather(shape, 2)];
}

export function half(length: Output): Output {
  return ops.floorDiv(length, 2);
}

function inProportion(side: Output, own: number, other: number): Output {
  return ops.cast(ops.div(ops.cast(ops.mul(side, own), 'float32'), other), 'int32');
}
