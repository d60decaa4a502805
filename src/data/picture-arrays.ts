import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { spec, type TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import { GraphDataset } from './graph-dataset.js';
import type { ImageShape, Pictures } from './pictures.js';

const POSITIONS = spec('int64', [null]);

/** Pictures in memory, with what belongs to them: rows of tensors. */
export class PictureArrays implements Pictures {
  readonly count: number;
  readonly imageShape: ImageShape;
  readonly inputs: readonly TensorSpec[];
  readonly #load: () => Promise<readonly Tensor[]>;
  #values: readonly Tensor[] | undefined;

  /**
   * @param inputs the pictures, `[count, h, w, c]`, and any other arrays of as many rows
   * @param load gives their values, when they are needed first
   */
  constructor(
    count: number,
    imageShape: ImageShape,
    inputs: readonly TensorSpec[],
    load: () => Promise<readonly Tensor[]>,
  ) {
    this.count = count;
    this.imageShape = imageShape;
    this.inputs = inputs;
    this.#load = load;
  }

  async values(): Promise<readonly Tensor[]> {
    this.#values ??= await this.#load();
    return this.#values;
  }

  batches(program: Program, inputs: readonly Output[], order: Output, batchSize: number): GraphDataset {
    const starts = GraphDataset.range(program, ops.size(order, { outType: 'int64' }), batchSize);
    return starts.map([POSITIONS, ...this.inputs], (start) => {
      const stop = ops.minimum(ops.add(start, batchSize), ops.size(order, { outType: 'int64' }));
      const positions = ops.range(start, stop, 1);
      const rows = ops.gather(order, positions);
      return [positions, ...inputs.map((array) => ops.gather(array, rows))];
    });
  }

  async explain(failure: unknown): Promise<unknown> {
    return failure;
  }
}
