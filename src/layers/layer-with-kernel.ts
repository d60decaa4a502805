import type { Output } from '../core/output.js';
import type { Variable } from '../core/variable.js';
import { type Activation, getActivation, type NamedActivation } from '../nn/activations.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../nn/index.js';
import * as ops from '../ops/index.js';
import { Layer, type LayerOptions } from './layer.js';
import { WeightRecipe } from './weight-recipe.js';

/** Options of layers that multiply by a kernel, add a bias and activate. */
export interface KernelOptions extends LayerOptions {
  /** Name or function. Default `linear`. */
  activation?: string | Activation | null;
  /** Default true. */
  useBias?: boolean;
  /** Default `glorotUniform`. */
  kernelInitializer?: InitializerIdentifier;
  /** Default `zeros`. */
  biasInitializer?: InitializerIdentifier;
  kernelRegularizer?: RegularizerIdentifier | null;
  biasRegularizer?: RegularizerIdentifier | null;
  kernelConstraint?: ConstraintIdentifier | null;
  biasConstraint?: ConstraintIdentifier | null;
  /** Only in files; must be null. */
  activityRegularizer?: null;
  /** Only in files; must be null. */
  quantizationConfig?: null;
}

export const kernelOptionNames = [
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
  'activityRegularizer',
  'quantizationConfig',
] as const;

/** What dense and convolution layers share: kernel, bias, activation. */
export abstract class LayerWithKernel extends Layer {
  readonly activation: NamedActivation;
  readonly useBias: boolean;
  readonly #kernel: WeightRecipe;
  readonly #bias: WeightRecipe;

  constructor(options: KernelOptions) {
    super(options);
    this.activation = getActivation(options.activation ?? 'linear');
    this.useBias = options.useBias ?? true;
    const { kernelInitializer = 'glorotUniform', biasInitializer = 'zeros' } = options;
    this.#kernel = new WeightRecipe(kernelInitializer, options.kernelRegularizer, options.kernelConstraint);
    this.#bias = new WeightRecipe(biasInitializer, options.biasRegularizer, options.biasConstraint);
  }

  protected addKernel(shape: readonly number[]): Variable {
    return this.addWeight('kernel', this.#kernel.of(shape));
  }

  protected addBias(shape: readonly number[]): Variable | undefined {
    return this.useBias ? this.addWeight('bias', this.#bias.of(shape)) : undefined;
  }

  /** Bias and activation; the library fuses both into the kernel before. */
  protected finish(y: Output, bias: Variable | undefined): Output {
    return this.activation.apply(bias ? ops.biasAdd(y, bias.read()) : y);
  }

  protected kernelConfig(): Record<string, unknown> {
    return {
      activation: this.activation.name,
      use_bias: this.useBias,
      ...this.#kernel.config('kernel'),
      ...this.#bias.config('bias'),
      activity_regularizer: null,
    };
  }
}
