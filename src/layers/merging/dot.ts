import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import { normalize } from '../../nn/normalize.js';
import * as ops from '../../ops/index.js';
import type { LayerOptions } from '../layer.js';
import { Merge } from './merge.js';

export interface DotOptions extends LayerOptions {
  /** The axis of both inputs, or one of each, over which products are summed; not 0, the batch. */
  axes: number | readonly [number, number];
  /** Whether vectors along the axes are scaled to length 1 before, which makes products cosines. Default false. */
  normalize?: boolean;
}

/**
 * Sums of products of two inputs, sample by sample (Keras `Dot`).
 *
 * Input: `[x, y]`. Output shape: `[batch, …axes of x, …axes of y]` without the summed ones; `[batch, 1]` if none is left.
 *
 * @example
 * dot({ axes: -1, normalize: true }).apply([a, b]);   // cosine similarity
 */
export class Dot extends Merge {
  static override readonly className = 'Dot';
  static override readonly optionNames = ['axes', 'normalize'];
  protected static override readonly inputCount = { least: 2, most: 2 };

  readonly axes: number | readonly [number, number];
  readonly normalize: boolean;

  constructor(options: DotOptions) {
    super(options);
    const { axes } = options;
    const both = [axes].flat();
    if (!both.every(Number.isInteger) || both.includes(0) || (typeof axes !== 'number' && both.length !== 2)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Dot '${this.name}': axes must be an axis other than 0, or two of them, got ${JSON.stringify(axes)}.`,
      );
    }
    this.axes = axes;
    this.normalize = options.normalize ?? false;
  }

  /** Its output has no steps. */
  override computeMask(): null {
    return null;
  }

  protected override merge(inputs: readonly Output[]): Output {
    const [a, b] = inputs as readonly [Output, Output];
    const [first, second] = typeof this.axes === 'number' ? [this.axes, this.axes] : this.axes;
    const [i, j] = [this.#axisOf(a, first), this.#axisOf(b, second)];
    const lengths = [a.shape?.[i], b.shape?.[j]];
    if (lengths.every((length) => length != null) && lengths[0] !== lengths[1]) {
      throw this.shapesError(`the same length along axis ${i} and axis ${j}`, inputs, 'Change axes.');
    }
    return this.normalize ? batchDot(normalize(a, i), normalize(b, j), i, j) : batchDot(a, b, i, j);
  }

  #axisOf(x: Output, axis: number): number {
    const { length } = knownRank(`Dot '${this.name}'`, x.shape);
    const at = axis < 0 ? axis + length : axis;
    if (at > 0 && at < length) return at;
    throw this.shapesError(`an axis ${axis} after the batch`, [x], 'Change axes.');
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), axes: this.axes, normalize: this.normalize };
  }
}

/** Both as batches of matrices, `[batch, m, k] · [batch, k, n]`, and the product with the axes that were folded. */
function batchDot(a: Output, b: Output, i: number, j: number): Output {
  const left = axesBut(a, i);
  const right = axesBut(b, j);
  const rows = folded(ops.transpose(a, [0, ...left, i]), left.length, true); // [batch, m, k]
  const columns = folded(ops.transpose(b, [0, j, ...right]), right.length, false); // [batch, k, n]
  const product = ops.matMul(rows, columns); // [batch, m, n]
  if (left.length === 0 && right.length === 0) return ops.squeeze(product, [1]); // [batch, 1]
  const [shapeA, shapeB] = [ops.shape(a), ops.shape(b)];
  const lengths = (shape: Output, axes: readonly number[]): Output =>
    ops.gather(shape, ops.constant([...axes], 'int32'));
  const kept = [
    lengths(shapeA, [0]),
    ...(left.length ? [lengths(shapeA, left)] : []),
    ...(right.length ? [lengths(shapeB, right)] : []),
  ];
  const y = ops.reshape(product, ops.concat(kept, 0));
  return y.setShape([
    a.shape?.[0] ?? b.shape?.[0] ?? null,
    ...left.map((axis) => a.shape?.[axis] ?? null),
    ...right.map((axis) => b.shape?.[axis] ?? null),
  ]);
}

function axesBut(x: Output, summed: number): number[] {
  return Array.from(x.shape ?? [], (_, axis) => axis).filter((axis) => axis !== 0 && axis !== summed);
}

/** Rank 3: the free axes as one, which comes before the summed axis or after it. */
function folded(x: Output, free: number, before: boolean): Output {
  if (free === 1) return x;
  if (free === 0) return ops.expandDims(x, before ? 1 : 2);
  const shape = ops.shape(x);
  const one = (axis: number): Output => ops.slice(shape, [axis], [1]);
  return ops.reshape(x, ops.concat(before ? [one(0), [-1], one(free + 1)] : [one(0), one(1), [-1]], 0));
}
