import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import type { SampleInterpolation } from './interpolation.js';

/** Which index stands for one outside of `0 … size - 1`. */
const INSIDE = {
  constant: held,
  nearest: held,
  wrap: ops.floorMod,
  mirror: (index: Output, size: Output) => folded(index, size, 0),
  reflect: (index: Output, size: Output) => folded(index, size, 1),
} as const;

/** What is seen outside of a picture. */
export type FillMode = keyof typeof INSIDE;
export const FILL_MODES: readonly string[] = Object.keys(INSIDE);

export interface SampleOptions {
  readonly fillMode: FillMode;
  /** Seen outside in mode `constant`. */
  readonly fillValue: number;
  readonly interpolation: SampleInterpolation;
}

/** A whole index and its share. */
interface Neighbour {
  readonly index: Output;
  readonly weight: Output;
}

/**
 * Pixels found at places between pixels (Keras `ops.image.map_coordinates`).
 *
 * @param images `[batch, rows, columns, channels]`
 * @param rows where each pixel of the result comes from, `[batch, rows, columns]`
 */
export function atCoordinates(images: Output, rows: Output, columns: Output, options: SampleOptions): Output {
  const neighbours = options.interpolation === 'nearest' ? nearest : linear;
  const parts = neighbours(rows).flatMap((row) =>
    neighbours(columns).map((column) =>
      ops.mul(pixels(images, row.index, column.index, options), ops.expandDims(ops.mul(row.weight, column.weight), 3)),
    ),
  );
  return ops.addN(parts);
}

function pixels(images: Output, row: Output, column: Output, { fillMode, fillValue }: SampleOptions): Output {
  const shape = ops.shape(images);
  const [height, width] = [ops.gather(shape, 1), ops.gather(shape, 2)];
  const inside = INSIDE[fillMode];
  const at = ops.add(ops.mul(inside(row, height), width), inside(column, width));
  const flat = ops.reshape(images, ops.stack([ops.gather(shape, 0), -1, ops.gather(shape, 3)]));
  const found = ops.gather(flat, at, 1, { batchDims: 1 });
  if (fillMode !== 'constant') return found;
  const known = ops.logicalAnd(isInside(row, height), isInside(column, width));
  return ops.where(ops.expandDims(known, 3), found, ops.constant(fillValue, images.dtype));
}

function nearest(at: Output): Neighbour[] {
  return [{ index: ops.cast(ops.round(at), 'int32'), weight: ops.onesLike(at) }];
}

function linear(at: Output): Neighbour[] {
  const below = ops.floor(at);
  const share = ops.sub(at, below);
  const index = ops.cast(below, 'int32');
  return [
    { index, weight: ops.sub(1, share) },
    { index: ops.add(index, 1), weight: share },
  ];
}

function isInside(index: Output, size: Output): Output {
  return ops.logicalAnd(ops.greaterEqual(index, 0), ops.less(index, size));
}

function held(index: Output, size: Output): Output {
  return ops.minimum(ops.maximum(index, 0), ops.sub(size, 1));
}

/** There and back again, as Keras folds; what lies beyond the end is `less` further in. */
function folded(index: Output, size: Output, less: number): Output {
  const round = ops.mul(size, 2);
  const at = ops.floorMod(ops.abs(index), round);
  return held(ops.where(ops.less(at, size), at, ops.sub(ops.sub(round, at), less)), size);
}
