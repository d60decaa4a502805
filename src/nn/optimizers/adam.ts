import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { adamInSteps } from './adam-in-steps.js';
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

  protected override updates(step: Step): Update {
    const { dtype, learningRate, iteration } = step;
    const { options } = this;
    const beta1 = ops.cast(options.beta1, dtype);
    const beta2 = ops.cast(options.beta2, dtype);
    const count = ops.add(iteration, 1);
    const powers = [ops.pow(beta1, count), ops.pow(beta2, count)] as const;
    const scale = velocityScale(options.beta2, count);
    const rest = [...powers, ops.mul(learningRate, scale), beta1, beta2, ops.mul(scale, options.epsilon)] as const;
    return (target) => {
      if (target.rows) {
        adamInSteps(step, options)(target);
        return;
      }
      const { gradient, variable, slot } = target;
      const [momentum, velocity] = [slot('momentum'), slot('velocity')];
      if (!options.amsgrad) {
        ops.resourceApplyAdam(variable, momentum, velocity, ...rest, gradient);
        return;
      }
      ops.resourceApplyAdamWithAmsgrad(variable, momentum, velocity, slot('velocity_hat'), ...rest, gradient);
    };
  }
}

/**
 * What learning rate and epsilon are multiplied by so that the fused op steps as Keras does.
 *
 * Why: the op takes 1 − beta2 of the rounded beta2, which for 0.999 is off by 1.3e-5, and so is the velocity of the first
 * steps; training amplifies that. With a share a of each new square, t equal squares make a velocity of 1 − (1 − a)ᵗ.
 */
function velocityScale(beta2: number, count: Output): Output {
  const steps = ops.cast(count, 'float64');
  const reached = (share: number): Output => ops.sub(1, ops.pow(ops.constant(1 - share, 'float64'), steps));
  const ours = count.dtype === 'float32' ? Math.fround(1 - Math.fround(beta2)) : 1 - beta2;
  const keras = count.dtype === 'float32' ? Math.fround(1 - beta2) : 1 - beta2;
  return ops.cast(ops.sqrt(ops.realDiv(reached(ours), reached(keras))), count.dtype);
}

/** Adam with weight decay, by default 0.004. */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  static override readonly defaults: Required<AdamOptions> = { ...Adam.defaults, weightDecay: 0.004 };
}
