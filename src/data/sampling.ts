import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';
import type { AffineMap } from './affine.js';

/** What is seen beyond the edge of a picture. */
export type FillMode = 'nearest' | 'reflect' | 'wrap' | 'constant';

export interface SamplingOptions {
  /** @default 'nearest' */
  fillMode?: FillMode;
  /** The value beyond the edge for `constant`. @default 0 */
  cval?: number;
  /** 1: bilinear, 0: the nearest pixel. @default 1 */
  interpolationOrder?: 0 | 1;
}

/** `exact`: rounded once, from float64, as SciPy does it; else float32 all along, and faster. */
export type Precision = 'exact' | 'fast';

/** SciPy's way back into [0, n − 1] of a coordinate beyond it, before it is clamped. */
const FOLDS: Readonly<Record<FillMode, (x: Output, n: number) => Output>> = {
  nearest: (x) => x,
  constant: (x) => x,
  // d c b a | a b c d | d c b a
  reflect: (x, n) => ops.sub(n - 0.5, ops.abs(ops.sub(ops.floorMod(ops.add(x, 0.5), 2 * n), n))),
  // Why n − 1: SciPy's period is one less than the width. A coordinate inside stays as it is, n − 1 included.
  wrap: (x, n) => ops.select(isInside(x, n), x, ops.floorMod(x, Math.max(n - 1, 1))),
};

export const FILL_MODES = Object.keys(FOLDS) as FillMode[];

/**
 * Pictures seen through an affine map.
 *
 * Input shape: float32 `[n, height, width, channels]`, all but n known.
 * Output shape: the same.
 */
export function sample(images: Output, map: AffineMap, options: SamplingOptions, precision: Precision): Output {
  const { fillMode = 'nearest', cval = 0, interpolationOrder = 1 } = options;
  const size = sizeOf(images);
  // Why: the library's op rounds otherwise than SciPy for order 0, has another period for `wrap`, and blends at the
  // border for `constant`.
  const oneOp = interpolationOrder === 1 && fillMode !== 'wrap' && precision === 'fast';
  if (oneOp && fillMode !== 'constant') return project(images, map, fillMode);
  const at = coordinates(map, size);
  if (oneOp) return masked(project(images, map, 'nearest'), at, size, cval);
  const folded = {
    row: clamp(FOLDS[fillMode](at.row, size.height), size.height),
    column: clamp(FOLDS[fillMode](at.column, size.width), size.width),
  };
  const seen = interpolationOrder === 0 ? pick(images, folded, size) : blend(images, folded, size);
  return fillMode === 'constant' ? masked(seen, at, size, cval) : seen;
}

interface Size {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Positions in the input, float64 [n, height, width] each. */
interface Coordinates {
  readonly row: Output;
  readonly column: Output;
}

function sizeOf(images: Output): Size {
  const [, height = 0, width = 0, channels = 0] = (images.shape ?? []) as readonly number[];
  return { height, width, channels };
}

/** All pictures in one op. */
function project(images: Output, map: AffineMap, fillMode: 'nearest' | 'reflect'): Output {
  const { height, width } = sizeOf(images);
  // Why rowOffset: every parameter takes part in it, so that it has a value per picture where any of them has.
  const zero = ops.zerosLike(map.rowOffset);
  const { columnFromColumn, columnFromRow, columnOffset, rowFromColumn, rowFromRow, rowOffset } = map;
  const row = [columnFromColumn, columnFromRow, columnOffset, rowFromColumn, rowFromRow, rowOffset, zero, zero];
  const transforms = ops.stack(
    row.map((value) => ops.add(value, zero)),
    -1,
  ); // [n, 8]
  return ops.imageProjectiveTransformV3(images, asRows(ops.cast(transforms, 'float32')), [height, width], 0, {
    interpolation: 'BILINEAR',
    fillMode: fillMode.toUpperCase(),
  });
}

/** A map that is the same for all pictures is a table of one row. */
function asRows(transforms: Output): Output {
  return ops.reshape(transforms, [-1, 8]);
}

function coordinates(map: AffineMap, { height, width }: Size): Coordinates {
  const rows = ops.reshape(ops.cast(ops.range(0, height), 'float64'), [1, height, 1]);
  const columns = ops.reshape(ops.cast(ops.range(0, width), 'float64'), [1, 1, width]);
  const line = (fromRow: Output, fromColumn: Output, offset: Output) => {
    const [a, b, c] = [fromRow, fromColumn, offset].map((value) => ops.reshape(value, [-1, 1, 1])) as [
      Output,
      Output,
      Output,
    ];
    return ops.add(ops.add(c, ops.mul(a, rows)), ops.mul(b, columns)); // [n, height, width]
  };
  return {
    row: line(map.rowFromRow, map.rowFromColumn, map.rowOffset),
    column: line(map.columnFromRow, map.columnFromColumn, map.columnOffset),
  };
}

function isInside(x: Output, n: number): Output {
  return ops.logicalAnd(ops.greaterEqual(x, 0), ops.lessEqual(x, n - 1));
}

function clamp(x: Output, n: number): Output {
  return ops.clipByValue(x, 0, n - 1);
}

/** `cval` wherever a coordinate is outside the picture. */
function masked(seen: Output, at: Coordinates, { height, width }: Size, cval: number): Output {
  const inside = ops.logicalAnd(isInside(at.row, height), isInside(at.column, width));
  return ops.select(ops.expandDims(inside, -1), seen, cval);
}

/** Order 0: the pixel whose middle is nearest. */
function pick(images: Output, at: Coordinates, size: Size): Output {
  const whole = (x: Output) => ops.floor(ops.add(x, 0.5));
  return pixels(images, whole(at.row), whole(at.column), size);
}

/** Order 1: between the four pixels around. */
function blend(images: Output, at: Coordinates, size: Size): Output {
  const [top, left] = [ops.floor(at.row), ops.floor(at.column)];
  const [bottom, right] = [clamp(ops.add(top, 1), size.height), clamp(ops.add(left, 1), size.width)];
  const [down, along] = [ops.expandDims(ops.sub(at.row, top), -1), ops.expandDims(ops.sub(at.column, left), -1)];
  const seen = (row: Output, column: Output) => ops.cast(pixels(images, row, column, size), 'float64');
  const between = (a: Output, b: Output, share: Output) => ops.add(a, ops.mul(ops.sub(b, a), share));
  const upper = between(seen(top, left), seen(top, right), along);
  const lower = between(seen(bottom, left), seen(bottom, right), along);
  return ops.cast(between(upper, lower, down), 'float32');
}

/** The pixels at whole positions [n, height, width] of each picture. */
function pixels(images: Output, row: Output, column: Output, { height, width, channels }: Size): Output {
  const index = ops.cast(ops.add(ops.mul(row, width), column), 'int32');
  const flat = ops.reshape(images, [-1, height * width, channels]);
  const everyPicture = ops.broadcastTo(index, ops.stack([batchOf(images), height, width]));
  return ops.gather(flat, everyPicture, 1, { batchDims: 1 });
}

function batchOf(images: Output): Output {
  return ops.stridedSlice(ops.shape(images), [0], [1], [1], { shrinkAxisMask: 1 });
}
