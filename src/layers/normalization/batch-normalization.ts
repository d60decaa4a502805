import { maskOf } from '../../core/mask.js';
import type { Output } from '../../core/output.js';
import { readingAs } from '../../core/scope.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { InitializerIdentifier } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { checkKinds } from '../check-options.js';
import type { CallOptions } from '../layer.js';
import { WeightRecipe } from '../weight-recipe.js';
import { AffineNormalization, type AffineOptions } from './affine.js';
import { inFloat32, maskedMoments, moments } from './moments.js';

export interface BatchNormalizationOptions extends AffineOptions {
  /** The axis that keeps its own mean and variance. Default -1. */
  axis?: number | readonly number[];
  /** Of the moving averages. Default 0.99. */
  momentum?: number;
  movingMeanInitializer?: InitializerIdentifier;
  movingVarianceInitializer?: InitializerIdentifier;
  /** Only false runs here. */
  synchronized?: boolean;
  /** Only false runs here. */
  renorm?: boolean;
  renormClipping?: unknown;
  renormMomentum?: number;
}

/**
 * Brings each channel to mean 0 and variance 1: of the batch in training, of the moving averages otherwise (Keras
 * `BatchNormalization`; Ioffe and Szegedy 2015). Frozen, it always uses the moving averages.
 *
 * Input shape: any. Output shape: the same.
 *
 * @example
 * batchNormalization({ momentum: 0.9 });
 */
export class BatchNormalization extends AffineNormalization {
  static override readonly className = 'BatchNormalization';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = [
    'axis',
    'momentum',
    'movingMeanInitializer',
    'movingVarianceInitializer',
    'synchronized',
    'renorm',
    'renormClipping',
    'renormMomentum',
    ...AffineNormalization.optionNames,
  ];

  readonly axis: number;
  readonly momentum: number;
  readonly #meanRecipe: WeightRecipe;
  readonly #varianceRecipe: WeightRecipe;
  #movingMean!: Variable;
  #movingVariance!: Variable;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    checkKinds(this.where, options, { momentum: 'number' });
    const { axis = -1, momentum = 0.99 } = options;
    if (options.synchronized || options.renorm) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `BatchNormalization '${this.name}': synchronized and renorm do not run here.`,
      );
    }
    this.axis = typeof axis === 'number' ? axis : (axis[0] ?? -1);
    this.momentum = momentum;
    this.#meanRecipe = new WeightRecipe(options.movingMeanInitializer ?? 'zeros');
    this.#varianceRecipe = new WeightRecipe(options.movingVarianceInitializer ?? 'ones');
  }

  override build(inputShape: Shape): void {
    const channels = inputShape?.at(this.axis);
    if (channels == null) {
      throw this.shapeError(
        `a known axis ${this.axis}`,
        formatKerasShape(inputShape),
        'Give the model an input shape, or change axis.',
      );
    }
    this.addAffine([channels]);
    this.#movingMean = this.addWeight('moving_mean', this.#meanRecipe.of([channels], false));
    this.#movingVariance = this.addWeight('moving_variance', this.#varianceRecipe.of([channels], false));
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    const learning = training && this.trainable;
    const rank = x.shape?.length ?? 0;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    const mask = learning ? maskOf(x) : undefined;
    // Why: the library's kernel takes narrow pictures with float32 statistics.
    if (rank === 4 && axis === 3 && x.dtype !== 'float64' && !mask) {
      return readingAs('float32', () => this.#fused(x, learning));
    }
    return inFloat32(x, (wide) => this.#general(wide, learning, axis, mask));
  }

  /** The library's fused kernel, for pictures. */
  #fused(x: Output, learning: boolean): Output {
    const channels = this.#movingMean.shape[0] as number;
    const gamma = this.gamma?.read() ?? ops.fill([channels], ops.constant(1, 'float32'));
    const beta = this.beta?.read() ?? ops.fill([channels], ops.constant(0, 'float32'));
    const [mean, variance] = learning ? [[], []].map((none) => ops.constant(none, 'float32')) : this.#moving();
    const result = ops.fusedBatchNormV3(x, gamma, beta, mean as Output, variance as Output, {
      epsilon: this.epsilon,
      isTraining: learning,
    });
    if (learning) {
      // Why: the kernel gives the unbiased variance, Keras averages the biased one.
      const count = ops.cast(ops.realDiv(ops.cast(ops.size(x), 'float32'), channels), 'float32');
      this.#learn(result.batchMean, ops.mul(result.batchVariance, ops.realDiv(ops.sub(count, 1), count)));
    }
    return result.y;
  }

  #general(x: Output, learning: boolean, axis: number, mask: Output | undefined): Output {
    const rank = x.shape?.length ?? 0;
    const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
    const wide = (v: Output): Output =>
      axis === rank - 1 ? v : ops.reshape(v, [-1, ...Array<number>(rank - 1 - axis).fill(1)]);
    let [mean, variance] = this.#moving();
    if (learning) {
      const of = mask ? maskedMoments(x, mask, axes) : moments(x, axes);
      mean = ops.reshape(of.mean, [-1]);
      variance = ops.reshape(of.variance, [-1]);
      this.#learn(mean, variance);
    }
    let factor = ops.rsqrt(ops.add(variance as Output, this.epsilon));
    if (this.gamma) factor = ops.mul(factor, this.gamma.read());
    let offset = ops.neg(ops.mul(mean as Output, factor));
    if (this.beta) offset = ops.add(offset, this.beta.read());
    return ops.add(ops.mul(x, wide(factor)), wide(offset));
  }

  #moving(): Output[] {
    return [this.#movingMean.read(), this.#movingVariance.read()];
  }

  /** Moves the averages towards the batch's. */
  #learn(mean: Output, variance: Output): void {
    for (const [moving, batch] of [
      [this.#movingMean, mean],
      [this.#movingVariance, variance],
    ] as const) {
      moving.assign(
        ops.add(ops.mul(moving.read(), this.momentum), ops.mul(ops.stopGradient(batch), 1 - this.momentum)),
      );
    }
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      axis: this.axis,
      momentum: this.momentum,
      ...this.affineConfig(),
      ...this.#meanRecipe.config('moving_mean', ['initializer']),
      ...this.#varianceRecipe.config('moving_variance', ['initializer']),
      synchronized: false,
      renorm: false,
      renorm_clipping: null,
      renorm_momentum: 0.99,
    };
  }
}
