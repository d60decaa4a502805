import type { Output } from '../../core/output.js';
import { formatKerasShape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample, without the batch; one of its axes may be −1, for what is left. */
  targetShape: readonly number[];
}

/**
 * The same elements of each sample in another shape (Keras `Reshape`).
 *
 * Input shape: `[batch, …]`. Output shape: `[batch, …targetShape]`.
 *
 * @example
 * reshape({ targetShape: [7, 7, 64] });
 */
export class Reshape extends Layer {
  static override readonly className = 'Reshape';
  static override readonly optionNames = ['targetShape'];

  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    super(options);
    const { targetShape } = options;
    const lengths = Array.isArray(targetShape) ? targetShape : [Number.NaN];
    const open = lengths.filter((d) => d === -1);
    if (open.length > 1 || !lengths.every((d) => Number.isInteger(d) && d >= -1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Reshape '${this.name}': targetShape must be a list of lengths, at most one of them -1, got ${JSON.stringify(targetShape)}.`,
      );
    }
    this.targetShape = [...lengths];
  }

  override call(x: Output): Output {
    const sample = this.#resolved(x);
    const batch = ops.slice(ops.shape(x), [0], [1]);
    const y = ops.reshape(x, ops.concat([batch, ops.constant(sample, 'int32')], 0));
    return y.setShape([x.shape?.[0] ?? null, ...sample.map((d) => (d === -1 ? null : d))]);
  }

  /** The target with its open axis settled, where the sample's size is known. */
  #resolved(x: Output): readonly number[] {
    const sample = x.shape?.slice(1);
    if (!sample?.every((d): d is number => d !== null)) return this.targetShape;
    const [size, fixed] = [product(sample), product(this.targetShape.filter((d) => d !== -1))];
    const open = size / fixed;
    if (this.targetShape.includes(-1) ? !Number.isInteger(open) : size !== fixed) {
      throw this.shapeError(
        `samples that fill ${formatKerasShape(this.targetShape)}`,
        formatKerasShape(x.shape),
        'Set targetShape to a shape of as many elements, or one of its axes to -1.',
      );
    }
    return this.targetShape.map((d) => (d === -1 ? open : d));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), target_shape: this.targetShape };
  }
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a * b, 1);
}
