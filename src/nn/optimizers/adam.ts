import * as ops from '../../ops/index.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface AdamOptions extends OptimizerOptions {
  /** How much of the average of gradients each step keeps. Default 0.9. */
  beta1?: number;
  /** How much of the average of squared gradients each step keeps. Default 0.999. */
  beta2?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
  /** Whether the greatest average so far divides, so that steps never grow again. Default false. */
  amsgrad?: boolean;
}

/** Steps along an average of gradients, divided by their size. Learning rate by default 0.001. */
export class Adam extends Optimizer<AdamOptions> {
  static override readonly className: string = 'Adam';
  static override readonly defaults: Required<AdamOptions> = {
    ...optimizerDefaults(0.001),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    amsgrad: false,
  };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    const { amsgrad } = this.options;
    return [[{ key: 'momentum' }, { key: 'velocity' }], ...(amsgrad ? [[{ key: 'velocity_hat' }]] : [])];
  }

  protected override updates({ dtype, learningRate, iteration }: Step): Update {
    const { options } = this;
    const beta1 = ops.cast(options.beta1, dtype);
    const beta2 = ops.cast(options.beta2, dtype);
    const epsilon = ops.cast(options.epsilon, dtype);
    const count = ops.add(iteration, 1);
    const powers = [ops.pow(beta1, count), ops.pow(beta2, count)] as const;
    const rest = [...powers, learningRate, beta1, beta2, epsilon] as const;
    return ({ gradient, variable, slot }) => {
      const [momentum, velocity] = [slot('momentum'), slot('velocity')];
      if (!options.amsgrad) {
        ops.resourceApplyAdam(variable, momentum, velocity, ...rest, gradient);
        return;
      }
      ops.resourceApplyAdamWithAmsgrad(variable, momentum, velocity, slot('velocity_hat'), ...rest, gradient);
    };
  }
}

/** Adam with weight decay, by default 0.004. */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  static override readonly defaults: Required<AdamOptions> = { ...Adam.defaults, weightDecay: 0.004 };
}
