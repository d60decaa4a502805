import type { DType } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import * as ops from '../ops/index.js';

/**
 * A gradient of which most rows are zero, as the reading of rows of a variable has: the others, and which they are.
 * A row that comes twice counts as the sum of both.
 */
export class IndexedSlices {
  /** [count, ...row] */
  readonly values: Output;
  /** [count], int32 or int64 */
  readonly indices: Output;
  /** Of the whole gradient, int32. */
  readonly denseShape: Output;
  #dense: Output | undefined;

  constructor(values: Output, indices: Output, denseShape: Output) {
    this.values = values;
    this.indices = indices;
    this.denseShape = denseShape;
  }

  get dtype(): DType {
    return this.values.dtype;
  }

  /** The same rows with other values. */
  withValues(values: Output): IndexedSlices {
    return new IndexedSlices(values, this.indices, this.denseShape);
  }

  /** The same gradient with each row once. */
  merged(): IndexedSlices {
    const { y, idx } = ops.unique(this.indices);
    return new IndexedSlices(ops.unsortedSegmentSum(this.values, idx, ops.size(y)), y, this.denseShape);
  }

  /** The whole gradient, zeros included. */
  toDense(): Output {
    const count = ops.reshape(ops.slice(this.denseShape, [0], [1]), []);
    this.#dense ??= ops.unsortedSegmentSum(this.values, this.indices, count);
    return this.#dense;
  }

  /** The sum of several, rows one after the other. */
  static concat(slices: readonly IndexedSlices[]): IndexedSlices {
    const [first] = slices;
    if (!first || slices.length === 1) return first as IndexedSlices;
    const indexType = slices.some(({ indices }) => indices.dtype === 'int64') ? 'int64' : 'int32';
    return new IndexedSlices(
      ops.concat(
        slices.map(({ values }) => values),
        0,
      ),
      ops.concat(
        slices.map(({ indices }) => ops.cast(indices, indexType)),
        0,
      ),
      first.denseShape,
    );
  }
}
