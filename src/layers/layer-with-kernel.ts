import type { Variable } from '../core/variable.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../nn/index.js';
import type { WeightOptions } from './layer.js';
import { type BiasOptions, biasOptionNames, LayerWithBias } from './layer-with-bias.js';
import { WeightRecipe } from './weight-recipe.js';

/** Options of layers that multiply by a kernel, add a bias and activate. */
export interface KernelOptions extends BiasOptions {
  /** Default `glorotUniform`. */
  kernelInitializer?: InitializerIdentifier;
  kernelRegularizer?: RegularizerIdentifier | null;
  kernelConstraint?: ConstraintIdentifier | null;
  /** Only in files; must be null. */
  quantizationConfig?: null;
}

export const kernelOptionNames = [
  ...biasOptionNames,
  'kernelInitializer',
  'kernelRegularizer',
  'kernelConstraint',
  'quantizationConfig',
] as const;

/** What dense and convolution layers share: kernel, bias, activation. */
export abstract class LayerWithKernel extends LayerWithBias {
  readonly #kernel: WeightRecipe;

  constructor(options: KernelOptions) {
    super(options);
    const { kernelInitializer = 'glorotUniform', kernelRegularizer, kernelConstraint } = options;
    this.#kernel = new WeightRecipe(kernelInitializer, kernelRegularizer, kernelConstraint);
  }

  protected addKernel(shape: readonly number[]): Variable {
    return this.addWeight('kernel', this.kernelOptions(shape));
  }

  protected kernelOptions(shape: readonly number[]): WeightOptions {
    return this.#kernel.of(shape);
  }

  protected kernelConfig(): Record<string, unknown> {
    return { ...this.biasConfig(), ...this.#kernel.config('kernel') };
  }
}
