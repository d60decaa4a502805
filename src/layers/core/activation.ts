import type { Output } from '../../core/output.js';
import { type Activation as ActivationFunction, getActivation, type NamedActivation } from '../../nn/activations.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ActivationOptions extends LayerOptions {
  /** Name or function. */
  activation: string | ActivationFunction;
}

/**
 * Applies an activation element by element (Keras `Activation`).
 *
 * @example
 * activation({ activation: 'relu' });
 */
export class Activation extends Layer {
  static override readonly className = 'Activation';
  static override readonly supportsMasking: boolean = true;
  static override readonly optionNames = ['activation'];

  readonly activation: NamedActivation;

  constructor(options: ActivationOptions) {
    super(options);
    this.activation = getActivation(options.activation);
  }

  override call(x: Output): Output {
    return this.activation.apply(x);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), activation: this.activation.name };
  }
}
