import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { type Pair, tuple } from '../pairs.js';
import { SpatialLayer, type SpatialOptions } from '../spatial-layer.js';

export interface UpSamplingOptions extends SpatialOptions {
  /** How often each element is repeated. Default 2. */
  size?: Pair;
}

/** Longer axes: what the up-sampling layers share. */
export abstract class UpSampling extends SpatialLayer {
  static override readonly optionNames: readonly string[] = ['size', ...SpatialLayer.optionNames];

  readonly size: readonly number[];

  constructor(options: UpSamplingOptions = {}) {
    super(options);
    this.size = tuple(`${this.where}: size`, options.size ?? 2, this.rank);
  }
}

/** Each element of x `[batch, …, channels]` so often along each spatial axis, by the library's one kernel for pictures. */
export function repeat(x: Output, size: readonly number[]): Output {
  if (size.length === 2) return enlarge(x, size);
  if (size.length === 1) return ops.squeeze(enlarge(ops.expandDims(x, 2), [...size, 1]), [2]);
  const [planes = 1, ...picture] = size;
  const shape = ops.shape(x);
  const [head, tail] = [ops.slice(shape, [0], [2]), ops.slice(shape, [4], [1])];
  const flat = enlarge(ops.reshape(x, ops.concat([[-1], ops.slice(shape, [2], [3])], 0)), picture); // [batch · planes, rows′, columns′, channels]
  const deep = enlarge(ops.reshape(flat, ops.concat([head, [-1], tail], 0)), [planes, 1]); // [batch, planes′, rows′ · columns′, channels]
  const middle = ops.slice(ops.shape(flat), [1], [2]);
  const y = ops.reshape(deep, ops.concat([ops.slice(shape, [0], [1]), [-1], middle, tail], 0));
  return y.setShape(grown(x, size));
}

function enlarge(x: Output, size: readonly number[]): Output {
  const y = ops.resizeNearestNeighbor(x, newSize(x, size), { halfPixelCenters: true });
  return y.setShape(grown(x, size));
}

/** Rows and columns of a picture that is made larger. */
export function newSize(x: Output, size: readonly number[]): Output {
  return ops.mul(ops.slice(ops.shape(x), [1], [size.length]), [...size]);
}

/** The shape with longer axes after the batch. */
export function grown(x: Output, size: readonly number[]): (number | null)[] {
  return (x.shape ?? []).map((length, axis) => (length === null ? null : length * (size[axis - 1] ?? 1)));
}
