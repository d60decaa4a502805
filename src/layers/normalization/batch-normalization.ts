import type { Output } from '../../core/output.js';
import { formatKerasShape, type Shape } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { type CallOptions, Layer, type LayerOptions } from '../layer.js';
import { WeightRecipe } from '../weight-recipe.js';

export interface BatchNormalizationOptions extends LayerOptions {
  /** The axis that keeps its own mean and variance. Default -1. */
  axis?: number | readonly number[];
  /** Of the moving averages. Default 0.99. */
  momentum?: number;
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Whether `beta` is added. Default true. */
  center?: boolean;
  /** Whether the result is multiplied by `gamma`. Default true. */
  scale?: boolean;
  betaInitializer?: InitializerIdentifier;
  gammaInitializer?: InitializerIdentifier;
  movingMeanInitializer?: InitializerIdentifier;
  movingVarianceInitializer?: InitializerIdentifier;
  betaRegularizer?: RegularizerIdentifier | null;
  gammaRegularizer?: RegularizerIdentifier | null;
  betaConstraint?: ConstraintIdentifier | null;
  gammaConstraint?: ConstraintIdentifier | null;
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
export class BatchNormalization extends Layer {
  static override readonly className = 'BatchNormalization';
  static override readonly optionNames = [
    'axis',
    'momentum',
    'epsilon',
    'center',
    'scale',
    'betaInitializer',
    'gammaInitializer',
    'movingMeanInitializer',
    'movingVarianceInitializer',
    'betaRegularizer',
    'gammaRegularizer',
    'betaConstraint',
    'gammaConstraint',
    'synchronized',
    'renorm',
    'renormClipping',
    'renormMomentum',
  ];

  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #gammaRecipe: WeightRecipe;
  readonly #betaRecipe: WeightRecipe;
  readonly #meanRecipe: WeightRecipe;
  readonly #varianceRecipe: WeightRecipe;
  #gamma: Variable | undefined;
  #beta: Variable | undefined;
  #movingMean!: Variable;
  #movingVariance!: Variable;

  constructor(options: BatchNormalizationOptions = {}) {
    super(options);
    const { axis = -1, momentum = 0.99, epsilon = 1e-3, center = true, scale = true } = options;
    if (options.synchronized || options.renorm) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `BatchNormalization '${this.name}': synchronized and renorm do not run here.`,
      );
    }
    this.axis = typeof axis === 'number' ? axis : (axis[0] ?? -1);
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.center = center;
    this.scale = scale;
    const o = options;
    this.#gammaRecipe = new WeightRecipe(o.gammaInitializer ?? 'ones', o.gammaRegularizer, o.gammaConstraint);
    this.#betaRecipe = new WeightRecipe(o.betaInitializer ?? 'zeros', o.betaRegularizer, o.betaConstraint);
    this.#meanRecipe = new WeightRecipe(o.movingMeanInitializer ?? 'zeros');
    this.#varianceRecipe = new WeightRecipe(o.movingVarianceInitializer ?? 'ones');
  }

  override build(inputShape: Shape): void {
    const channels = inputShape?.at(this.axis);
    if (channels == null) {
      throw this.shapeError(
        `a known axis ${this.axis}`,
        formatKerasShape(inputShape),
        'Give the model an input shape.',
      );
    }
    if (this.scale) this.#gamma = this.addWeight('gamma', this.#gammaRecipe.of([channels]));
    if (this.center) this.#beta = this.addWeight('beta', this.#betaRecipe.of([channels]));
    this.#movingMean = this.addWeight('moving_mean', this.#meanRecipe.of([channels], false));
    this.#movingVariance = this.addWeight('moving_variance', this.#varianceRecipe.of([channels], false));
  }

  override call(x: Output, { training = false }: CallOptions): Output {
    const learning = training && this.trainable;
    const rank = x.shape?.length ?? 0;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    if (rank === 4 && axis === 3) return this.#fused(x, learning);
    return this.#general(x, learning, axis, rank);
  }

  /** The library's fused kernel, for pictures. */
  #fused(x: Output, learning: boolean): Output {
    const channels = this.#movingMean.shape[0] as number;
    const gamma = this.#gamma?.read() ?? ops.fill([channels], ops.constant(1, x.dtype));
    const beta = this.#beta?.read() ?? ops.fill([channels], ops.constant(0, x.dtype));
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

  #general(x: Output, learning: boolean, axis: number, rank: number): Output {
    const axes = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
    const wide = (v: Output): Output =>
      axis === rank - 1 ? v : ops.reshape(v, [-1, ...Array<number>(rank - 1 - axis).fill(1)]);
    let [mean, variance] = this.#moving();
    if (learning) {
      const m = ops.mean(x, axes, { keepDims: true });
      mean = ops.reshape(m, [-1]);
      variance = ops.mean(ops.squaredDifference(x, ops.stopGradient(m)), axes);
      this.#learn(mean, variance);
    }
    let factor = ops.rsqrt(ops.add(variance as Output, this.epsilon));
    if (this.#gamma) factor = ops.mul(factor, this.#gamma.read());
    let offset = ops.neg(ops.mul(mean as Output, factor));
    if (this.#beta) offset = ops.add(offset, this.#beta.read());
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
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...this.#betaRecipe.config('beta'),
      ...this.#gammaRecipe.config('gamma'),
      ...this.#meanRecipe.config('moving_mean', ['initializer']),
      ...this.#varianceRecipe.config('moving_variance', ['initializer']),
      synchronized: false,
      renorm: false,
      renorm_clipping: null,
      renorm_momentum: 0.99,
    };
  }
}
