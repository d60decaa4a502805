import type { Variable } from '../../core/variable.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import { checkKinds } from '../check-options.js';
import { Layer, type LayerOptions } from '../layer.js';
import { WeightRecipe } from '../weight-recipe.js';

/** Options of normalizations that scale and shift their result. */
export interface AffineOptions extends LayerOptions {
  /** Added to the variance. Default 1e-3. */
  epsilon?: number;
  /** Whether `beta` is added. Default true. */
  center?: boolean;
  /** Whether the result is multiplied by `gamma`. Default true. */
  scale?: boolean;
  /** Default `zeros`. */
  betaInitializer?: InitializerIdentifier;
  /** Default `ones`. */
  gammaInitializer?: InitializerIdentifier;
  betaRegularizer?: RegularizerIdentifier | null;
  gammaRegularizer?: RegularizerIdentifier | null;
  betaConstraint?: ConstraintIdentifier | null;
  gammaConstraint?: ConstraintIdentifier | null;
}

/** What normalizations share that are followed by `y · gamma + beta`. */
export abstract class AffineNormalization extends Layer {
  static override readonly optionNames: readonly string[] = [
    'epsilon',
    'center',
    'scale',
    'betaInitializer',
    'gammaInitializer',
    'betaRegularizer',
    'gammaRegularizer',
    'betaConstraint',
    'gammaConstraint',
  ];

  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #gammaRecipe: WeightRecipe;
  readonly #betaRecipe: WeightRecipe;
  #gamma: Variable | undefined;
  #beta: Variable | undefined;

  constructor(options: AffineOptions) {
    super(options);
    checkKinds(this.where, options, { axis: 'axes', epsilon: 'positive', center: 'flag', scale: 'flag' });
    const o = options;
    this.epsilon = o.epsilon ?? 1e-3;
    this.center = o.center ?? true;
    this.scale = o.scale ?? true;
    this.#gammaRecipe = new WeightRecipe(o.gammaInitializer ?? 'ones', o.gammaRegularizer, o.gammaConstraint);
    this.#betaRecipe = new WeightRecipe(o.betaInitializer ?? 'zeros', o.betaRegularizer, o.betaConstraint);
  }

  /** Makes `gamma` and `beta`, as far as they are wanted. */
  protected addAffine(shape: readonly number[]): void {
    this.#gamma = this.scale ? this.addWeight('gamma', this.#gammaRecipe.of(shape)) : undefined;
    this.#beta = this.center ? this.addWeight('beta', this.#betaRecipe.of(shape)) : undefined;
  }

  protected get gamma(): Variable | undefined {
    return this.#gamma;
  }

  protected get beta(): Variable | undefined {
    return this.#beta;
  }

  protected affineConfig(): Record<string, unknown> {
    return {
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      ...this.#betaRecipe.config('beta'),
      ...this.#gammaRecipe.config('gamma'),
    };
  }
}
