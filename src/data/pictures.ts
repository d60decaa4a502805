import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import type { GraphDataset } from './graph-dataset.js';

/** Height, width, channels. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Where the pictures of a flow are, before anything is done to them. */
export interface Pictures {
  readonly count: number;
  readonly imageShape: ImageShape;
  /** What a pass over them is given; dimension 0 is open. */
  readonly inputs: readonly TensorSpec[];
  /** The values of `inputs`. Owner: of the tensors. */
  values(): Promise<readonly Tensor[]>;
  /**
   * Batches in the graph: position of each picture in the pass (int64 `[n]`), pictures (`[n, h, w, c]`), and what
   * belongs to them (labels, weights).
   *
   * @param inputs as fed, for `inputs`
   * @param order what stands at each position, int64 `[count]`
   */
  batches(program: Program, inputs: readonly Output[], order: Output, batchSize: number): GraphDataset;
  /** What is wrong with the pictures when a run of `batches` failed; the failure itself where nothing is. */
  explain(failure: unknown): Promise<unknown>;
}
