import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface ScheduleFreeAdamWOptions extends OptimizerOptions {
  /** How much of the average of all steps there is in the weights. Default 0.9. */
  beta1?: number;
  /** How much of the average of squared gradients each step keeps. Default 0.999. */
  beta2?: number;
  /** Keeps divisors from 0. Default 1e-8. */
  epsilon?: number;
  /** Steps in which the learning rate rises to its full size. Default 0. */
  warmupSteps?: number;
}

/**
 * Adam whose weights are averages of its steps, so that no schedule has to end them. Learning rate by default 0.0025.
 *
 * Source: Defazio et al., The road less scheduled, 2024.
 */
export class ScheduleFreeAdamW extends Optimizer<ScheduleFreeAdamWOptions> {
  static override readonly className: string = 'ScheduleFreeAdamW';
  static override readonly defaults = {
    ...optimizerDefaults(0.0025),
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    warmupSteps: 0,
  };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum', initialValue: 'variable' }, { key: 'velocity' }]];
  }

  protected override updates({ dtype, learningRate, iteration }: Step): Update {
    const { beta1, beta2, epsilon, warmupSteps } = this.options;
    const count = ops.add(iteration, 1);
    const risen = warmupSteps > 0 ? ops.minimum(ops.div(count, warmupSteps), 1) : ops.cast(1, dtype);
    const rate = ops.mul(learningRate, risen);
    const missing = ops.sub(1, ops.pow(ops.cast(beta2, dtype), count));
    const between = (a: Output, b: Output, share: Output | number): Output =>
      ops.add(ops.mul(ops.sub(1, share), a), ops.mul(share, b));
    return ({ gradient, sumOf, variable, slot }) => {
      const [momentum, velocity] = [slot('momentum'), slot('velocity')];
      follow(velocity, sumOf(ops.square), ops.cast(1 - beta2, dtype));
      const size = ops.add(ops.sqrt(ops.div(velocity.read(), missing)), epsilon);
      ops.resourceApplyGradientDescent(momentum, rate, ops.div(gradient, size));
      const stepped = momentum.read();
      // The weights are (1 − beta1) of the momentum and beta1 of the average, which is kept nowhere else.
      // Why: of the momentum after the step, as Keras 3.15 on TensorFlow has it; on JAX it is the one before.
      const average = ops.div(ops.sub(variable.read(), ops.mul(stepped, 1 - beta1)), beta1);
      variable.assign(between(stepped, between(average, stepped, ops.reciprocal(count)), ops.cast(beta1, dtype)));
    };
  }
}
