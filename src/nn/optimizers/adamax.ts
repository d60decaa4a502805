import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface AdamaxOptions extends OptimizerOptions {
  /** How much of the average of gradients each step keeps. Default 0.9. */
  beta1?: number;
  /** How much of the greatest gradient each step keeps. Default 0.999. */
  beta2?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
}

/** Adam with the greatest gradient in place of the average square. Learning rate by default 0.001. */
export class Adamax extends Optimizer<AdamaxOptions> {
  static override readonly className: string = 'Adamax';
  static override readonly defaults = { ...optimizerDefaults(0.001), beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum' }, { key: 'norm' }]];
  }

  protected override updates({ dtype, learningRate, iteration }: Step): Update {
    const { beta1, beta2, epsilon } = this.options;
    const forget = ops.cast(1 - beta1, dtype);
    const missing = ops.sub(1, ops.pow(ops.cast(beta1, dtype), ops.add(iteration, 1)));
    const rate = ops.div(learningRate, missing);
    return ({ gradient, sumOf, variable, slot }) => {
      const [momentum, norm] = [slot('momentum'), slot('norm')];
      follow(momentum, gradient, forget);
      norm.assign(ops.maximum(ops.mul(norm.read(), beta2), sumOf(ops.abs)));
      const step = ops.div(momentum.read(), ops.add(norm.read(), epsilon));
      ops.resourceApplyGradientDescent(variable, rate, step);
    };
  }
}
