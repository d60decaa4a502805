import * as ops from '../../ops/index.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface AdadeltaOptions extends OptimizerOptions {
  /** How much of the averages each step keeps. Default 0.95. */
  rho?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
}

/** Scales gradients by the size of past steps over that of past gradients. Learning rate by default 0.001. */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  static override readonly className: string = 'Adadelta';
  static override readonly defaults = { ...optimizerDefaults(0.001), rho: 0.95, epsilon: 1e-7 };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'accumulated_grad' }, { key: 'accumulated_delta_var' }]];
  }

  protected override updates({ dtype, learningRate }: Step): Update {
    const rho = ops.cast(this.options.rho, dtype);
    const epsilon = ops.cast(this.options.epsilon, dtype);
    return ({ gradient, variable, slot }) => {
      const [gradients, steps] = [slot('accumulated_grad'), slot('accumulated_delta_var')];
      ops.resourceApplyAdadelta(variable, gradients, steps, learningRate, rho, epsilon, gradient);
    };
  }
}
