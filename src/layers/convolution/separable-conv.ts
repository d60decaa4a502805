import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import type { ConstraintIdentifier, InitializerIdentifier, RegularizerIdentifier } from '../../nn/index.js';
import { positive } from '../pairs.js';
import { WeightRecipe } from '../weight-recipe.js';
import { convolve } from './convolve.js';
import { DepthwiseConv, type DepthwiseOptions } from './depthwise-conv.js';

export interface SeparableConvOptions extends DepthwiseOptions {
  /** Number of output channels. */
  filters: number;
  /** Default `glorotUniform`. */
  pointwiseInitializer?: InitializerIdentifier;
  pointwiseRegularizer?: RegularizerIdentifier | null;
  pointwiseConstraint?: ConstraintIdentifier | null;
}

/** A depthwise convolution, and a mixing of its channels at each point: what the separable ones share. */
export abstract class SeparableConv extends DepthwiseConv {
  static override readonly optionNames: readonly string[] = [
    ...DepthwiseConv.optionNames,
    'filters',
    'pointwiseInitializer',
    'pointwiseRegularizer',
    'pointwiseConstraint',
  ];
  protected static override readonly kernelName = 'depthwise_kernel';

  readonly filters: number;
  readonly #recipe: WeightRecipe;
  #mixer!: Variable;

  constructor(options: SeparableConvOptions) {
    super(options);
    const { className } = this.constructor as typeof SeparableConv;
    this.filters = positive(`${className} '${this.name}': filters`, options.filters);
    const { pointwiseInitializer = 'glorotUniform', pointwiseRegularizer, pointwiseConstraint } = options;
    this.#recipe = new WeightRecipe(pointwiseInitializer, pointwiseRegularizer, pointwiseConstraint);
  }

  protected override addMixer(channels: number): number {
    const point = this.geometry.kernelSize.map(() => 1);
    this.#mixer = this.addWeight('pointwise_kernel', this.#recipe.of([...point, channels, this.filters]));
    return this.filters;
  }

  protected override mix(y: Output): Output {
    const point = this.geometry.kernelSize.map(() => 1);
    return convolve(y, this.#mixer.read(), {
      kernelSize: point,
      strides: point,
      dilationRate: point,
      padding: 'valid',
    });
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), filters: this.filters, ...this.#recipe.config('pointwise') };
  }
}
