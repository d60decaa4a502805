import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface LambOptions extends OptimizerOptions {
  /** How much of the average of gradients each step keeps. Default 0.9. */
  beta1?: number;
  /** How much of the average of squared gradients each step keeps. Default 0.999. */
  beta2?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
}

/** Adam whose steps are as long as the weights, for very large batches. Learning rate by default 0.001. */
export class Lamb extends Optimizer<LambOptions> {
  static override readonly className: string = 'Lamb';
  static override readonly defaults = { ...optimizerDefaults(0.001), beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum' }, { key: 'velocity' }]];
  }

  protected override updates({ dtype, learningRate, iteration }: Step): Update {
    const { beta1, beta2, epsilon } = this.options;
    const count = ops.add(iteration, 1);
    const momentumScale = ops.sub(1, ops.pow(ops.cast(beta1, dtype), count));
    const velocityScale = ops.sub(1, ops.pow(ops.cast(beta2, dtype), count));
    const [forget1, forget2] = [ops.cast(1 - beta1, dtype), ops.cast(1 - beta2, dtype)];
    return ({ gradient, sumOf, variable, slot }) => {
      const [momentum, velocity] = [slot('momentum'), slot('velocity')];
      follow(momentum, gradient, forget1);
      follow(velocity, sumOf(ops.square), forget2);
      const size = ops.add(ops.sqrt(ops.div(velocity.read(), velocityScale)), epsilon);
      const step = ops.div(ops.div(momentum.read(), momentumScale), size);
      ops.resourceApplyGradientDescent(variable, ops.mul(trust(variable.read(), step), learningRate), step);
    };
  }
}

/** How much longer the weights are than the step; 1 where one of them is 0. */
function trust(weights: Output, step: Output): Output {
  const [own, other] = [norm(weights), norm(step)];
  const bothLong = ops.logicalAnd(ops.greater(own, 0), ops.greater(other, 0));
  return ops.select(bothLong, ops.div(own, other), ops.onesLike(own));
}

function norm(x: Output): Output {
  return ops.sqrt(ops.sum(ops.square(x)));
}
