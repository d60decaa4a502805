import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface PermuteOptions extends LayerOptions {
  /** For each output axis after the batch, the input axis it comes from, counted from 1. */
  dims: readonly number[];
}

/**
 * The axes of each sample in another order (Keras `Permute`).
 *
 * Input shape: `[batch, …]`. Output shape: `[batch, …]`, permuted.
 *
 * @example
 * permute({ dims: [2, 1] });   // [batch, 10, 64] → [batch, 64, 10]
 */
export class Permute extends Layer {
  static override readonly className = 'Permute';
  static override readonly optionNames = ['dims'];

  readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    super(options);
    const { dims } = options;
    if (!Array.isArray(dims) || [...dims].sort((a, b) => a - b).some((d, i) => d !== i + 1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Permute '${this.name}': dims must be the numbers from 1 to the rank of a sample in some order, got ${JSON.stringify(dims)}.`,
      );
    }
    this.dims = [...dims];
  }

  override build(inputShape: Shape): void {
    if (inputShape === null || inputShape.length === this.dims.length + 1) return;
    const expected = `${this.dims.length} axes after the batch`;
    throw this.shapeError(expected, formatKerasShape(inputShape), 'Name each axis once in dims.');
  }

  override call(x: Output): Output {
    return ops.transpose(x, [0, ...this.dims]);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), dims: this.dims };
  }
}
