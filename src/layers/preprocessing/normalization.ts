import type { Output } from '../../core/output.js';
import { Program } from '../../core/program.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import { tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { EPSILON } from '../../nn/epsilon.js';
import { initializers } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { Layer, type LayerOptions } from '../layer.js';
import { type AdaptData, type AdaptOptions, batchesOf } from './adapt-data.js';
import { AxisSums } from './axis-sums.js';

export interface NormalizationOptions extends LayerOptions {
  /** The axes that keep a mean and a variance for each index; null: one for everything. Default -1. */
  axis?: number | readonly number[] | null;
  /** Given together with `variance`: one number, or one for each index. Default: a weight. */
  mean?: number | readonly number[] | null;
  variance?: number | readonly number[] | null;
  /** Whether it brings normalised values back. Default false. */
  invert?: boolean;
}

/** A mean and a variance for each index of the kept axes. */
interface Moments<T> {
  readonly mean: T;
  readonly variance: T;
}

/**
 * `(x − mean) / √variance`, with a mean and a variance that are given, or that are weights (Keras `Normalization`). As in
 * Keras, weights that were set take effect with {@link finalizeState}; files that are loaded call it.
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
  #weights: Moments<Variable> | undefined;
  /** What the weights were when they last took effect. */
  #inForce: Moments<Variable> | undefined;

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
    this.#weights = {
      mean: this.addWeight('mean', { shape: kept, initializer: zeros, trainable: false }),
      variance: this.addWeight('variance', { shape: kept, initializer: ones, trainable: false }),
    };
    this.addWeight('count', { shape: [], initializer: zeros, trainable: false, dtype: 'int64' });
    const copy = ({ name, initializer, shape, dtype }: Variable): Variable =>
      this.program.variable(`${name}/in_force`, { shape, dtype, initializer, trainable: false });
    this.#inForce = { mean: copy(this.#weights.mean), variance: copy(this.#weights.variance) };
  }

  /** Lets the weights take effect. */
  override async finalizeState(): Promise<void> {
    if (!this.#weights || !this.#inForce) return;
    const { mean, variance } = this.#weights;
    const values = await this.program.values([mean, variance]);
    const places = [this.#inForce.mean, this.#inForce.variance];
    await this.program.assign(values.map((value, i) => [places[i] as Variable, value]));
    for (const value of values) value.dispose();
  }

  /**
   * Takes mean and variance from data and lets them take effect.
   *
   * @throws ERR_ARGUMENT for a layer that was given its mean, or no data
   */
  async adapt(data: AdaptData, options: AdaptOptions = {}): Promise<void> {
    let sums: AxisSums | undefined;
    for await (const batch of batchesOf(data, options, 'float32')) {
      sums ??= new AxisSums(batch.shape, this.#kept(batch.rank));
      if (!this.built) (this as Layer).build(new Program(), [null, ...batch.shape.slice(1)]);
      sums.add(Array.from((await batch.data()) as ArrayLike<number | bigint>, Number), batch.shape);
    }
    if (!sums || !this.#weights) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `Normalization '${this.name}': adapt needs data, and no mean that was given.`,
      );
    }
    const { mean, variance, count } = sums.moments();
    const { shape } = this.#weights.mean;
    await this.setWeights([
      tensor(mean, shape, this.dtype),
      tensor(variance, shape, this.dtype),
      tensor([BigInt(count)], [], 'int64'),
    ]);
    await this.finalizeState();
  }

  override call(x: Output): Output {
    const input = ops.cast(x, this.computeDType);
    const { mean, variance } = this.#moments(input);
    const deviation = ops.maximum(ops.sqrt(variance), EPSILON);
    return this.invert ? ops.add(mean, ops.mul(input, deviation)) : ops.realDiv(ops.sub(input, mean), deviation);
  }

  /** In shapes that broadcast to the input's. */
  #moments(x: Output): Moments<Output> {
    const rank = x.shape?.length ?? 0;
    const { mean, variance } = this.#inForce ?? {};
    return {
      mean: this.#wide(mean?.read() ?? ops.constant(this.mean ?? 0, this.computeDType), rank),
      variance: this.#wide(variance?.read() ?? ops.constant(this.variance ?? 1, this.computeDType), rank),
    };
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
