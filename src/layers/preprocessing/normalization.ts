import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { EPSILON } from '../../nn/epsilon.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface NormalizationOptions extends LayerOptions {
  /** The axes that keep a mean and a variance for each index; null: one for everything. Default -1. */
  axis?: number | readonly number[] | null;
  /** Given together with `variance`: one number, or one for each index. Default: a weight. */
  mean?: number | readonly number[] | null;
  variance?: number | readonly number[] | null;
  /** Whether it brings normalised values back. Default false. */
  invert?: boolean;
}

/**
 * `(x − mean) / √variance`, with a mean and a variance that are given, or that are weights (Keras `Normalization`).
 *
 * Input shape: any. Output shape: the same.
 *
 * @example
 * normalization({ mean: [123.7, 116.3, 103.5], variance: [3410, 3263, 3294] });
 */
export class Normalization extends Layer {
  static override readonly className = 'Normalization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['axis', 'mean', 'variance', 'invert'];

  readonly axis: readonly number[];
  readonly mean: number | readonly number[] | null;
  readonly variance: number | readonly number[] | null;
  readonly invert: boolean;
  #moments: readonly [mean: Variable, variance: Variable] | undefined;

  constructor(options: NormalizationOptions = {}) {
    super(options);
    const { axis = -1, mean = null, variance = null, invert = false } = options;
    this.axis = axis === null ? [] : [axis].flat();
    this.mean = mean;
    this.variance = variance;
    this.invert = invert;
    if ((mean === null) !== (variance === null) || [mean].flat().length !== [variance].flat().length) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Normalization '${this.name}': mean and variance are given together, in one length, or neither of them.`,
      );
    }
  }

  override build(inputShape: Shape): void {
    if (this.mean !== null) return;
    const kept = this.#kept(inputShape?.length ?? 0).map((axis) => inputShape?.[axis] ?? null);
    if (inputShape === null || kept.length !== this.axis.length || !kept.every((length) => length !== null)) {
      throw this.shapeError(
        `known lengths of axis ${this.axis.join(' and ')}`,
        formatKerasShape(inputShape),
        'Give the model an input shape, or set axis to null.',
      );
    }
    const [zeros, ones] = [initializers.get('zeros'), initializers.get('ones')];
    this.#moments = [
      this.addWeight('mean', { shape: kept, initializer: zeros, trainable: false }),
      this.addWeight('variance', { shape: kept, initializer: ones, trainable: false }),
    ];
    this.addWeight('count', { shape: [], initializer: zeros, trainable: false, dtype: 'int64' });
  }

  override call(x: Output): Output {
    const input = ops.cast(x, this.dtype);
    const [mean, variance] = this.#values(input);
    const deviation = ops.maximum(ops.sqrt(variance), EPSILON);
    return this.invert ? ops.add(mean, ops.mul(input, deviation)) : ops.realDiv(ops.sub(input, mean), deviation);
  }

  /** Mean and variance in shapes that broadcast to the input's. */
  #values(x: Output): readonly [mean: Output, variance: Output] {
    const given = [this.mean ?? 0, this.variance ?? 1].map((value) => ops.constant(value, this.dtype));
    const values = this.#moments?.map((weight) => weight.read()) ?? given;
    const [mean, variance] = values.map((value) => this.#wide(value, x.shape?.length ?? 0));
    return [mean as Output, variance as Output];
  }

  /** Lengths of 1 between the kept axes; scalars broadcast as they are. */
  #wide(value: Output, rank: number): Output {
    const kept = this.#kept(rank);
    const lengths = value.shape?.slice() ?? [];
    if (lengths.length === 0) return value;
    const own = kept.slice(-lengths.length);
    return ops.reshape(
      value,
      Array.from({ length: rank }, (_, axis) => (own.includes(axis) ? (lengths[own.indexOf(axis)] ?? 1) : 1)),
    );
  }

  #kept(rank: number): number[] {
    return this.axis.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  }

  override getConfig(): Record<string, unknown> {
    const { axis, invert, mean, variance } = this;
    return { ...super.getConfig(), axis, invert, mean, variance };
  }
}
