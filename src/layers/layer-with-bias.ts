import type { Output } from '../core/output.js';
import type { Variable } from '../core/variable.js';
import { type Activation, getActivation, type NamedActivation } from '../nn/activations.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../nn/index.js';
import * as ops from '../ops/index.js';
import { checkKinds } from './check-options.js';
import { Layer, type LayerOptions } from './layer.js';
import { WeightRecipe } from './weight-recipe.js';

/** Options of layers that add a bias and activate. */
export interface BiasOptions extends LayerOptions {
  /** Name or function. Default `linear`. */
  activation?: string | Activation | null;
  /** Default true. */
  useBias?: boolean;
  /** Default `zeros`. */
  biasInitializer?: InitializerIdentifier;
  biasRegularizer?: RegularizerIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
}

export const biasOptionNames = [
  'activation',
  'useBias',
  'biasInitializer',
  'biasRegularizer',
  'biasConstraint',
] as const;

/** What dense and convolution layers share after their product: bias and activation. */
export abstract class LayerWithBias extends Layer {
  readonly activation: NamedActivation;
  readonly useBias: boolean;
  readonly #bias: WeightRecipe;

  constructor(options: BiasOptions) {
    super(options);
    checkKinds(this.where, options, { useBias: 'flag' });
    this.activation = getActivation(options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
    this.#bias = new WeightRecipe(options.biasInitializer ?? 'zeros', options.biasRegularizer, options.biasConstraint);
  }

  protected addBias(shape: readonly number[]): Variable | undefined {
    return this.useBias ? this.addWeight('bias', this.#bias.of(shape)) : undefined;
  }

  /** Adds the bias along the last axis. */
  protected offset(y: Output, bias: Variable | undefined): Output {
    return bias ? ops.biasAdd(y, bias.read()) : y;
  }

  /** Bias and activation; the library fuses both into the kernel before. */
  protected finish(y: Output, bias: Variable | undefined): Output {
    return this.activation.apply(this.offset(y, bias));
  }

  protected biasConfig(): Record<string, unknown> {
    return { activation: this.activation.name, use_bias: this.useBias, ...this.#bias.config('bias') };
  }
}
