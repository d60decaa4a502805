import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import {
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type Step,
  type Target,
  type Update,
} from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface RMSpropOptions extends OptimizerOptions {
  /** How much of the average of squared gradients each step keeps. Default 0.9. */
  rho?: number;
  /** How much of the last step is repeated. Default 0. */
  momentum?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
  /** Whether gradients are divided by their variance, not their square. Default false. */
  centered?: boolean;
}

/** Divides gradients by a moving average of their size. Learning rate by default 0.001. */
export class RMSprop extends Optimizer<RMSpropOptions> {
  static override readonly className: string = 'RMSprop';
  static override readonly defaults = {
    ...optimizerDefaults(0.001),
    rho: 0.9,
    momentum: 0,
    epsilon: 1e-7,
    centered: false,
  };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    const { momentum, centered } = this.options;
    return [
      [{ key: 'velocity' }],
      // Why: the library's op keeps the last step even where nothing of it is repeated.
      [{ key: 'momentum', scratch: momentum === 0 }],
      ...(centered ? [[{ key: 'average_gradient' }]] : []),
    ];
  }

  protected override updates(step: Step): Update {
    const { dtype, learningRate } = step;
    const { centered } = this.options;
    const rho = ops.cast(this.options.rho, dtype);
    const momentum = ops.cast(this.options.momentum, dtype);
    const epsilon = ops.cast(this.options.epsilon, dtype);
    return (target) => {
      if (target.rows) {
        this.#inSteps(step, target);
        return;
      }
      const { gradient, variable, slot } = target;
      const [velocity, last] = [slot('velocity'), slot('momentum')];
      if (!centered) {
        ops.resourceApplyRMSProp(variable, velocity, last, learningRate, rho, momentum, epsilon, gradient);
        return;
      }
      const mean = slot('average_gradient');
      ops.resourceApplyCenteredRMSProp(variable, mean, velocity, last, learningRate, rho, momentum, epsilon, gradient);
    };
  }

  /** As Keras has it. Why: the library's op squares the whole gradient, where rows that come twice have been added up. */
  #inSteps({ dtype, learningRate }: Step, { gradient, sumOf, variable, slot }: Target): void {
    const { rho, momentum, epsilon, centered } = this.options;
    const forget = ops.cast(1 - rho, dtype);
    const [velocity, last] = [slot('velocity'), slot('momentum')];
    follow(velocity, sumOf(ops.square), forget);
    let variance = velocity.read();
    if (centered) {
      const mean = slot('average_gradient');
      follow(mean, gradient, forget);
      variance = ops.sub(variance, ops.square(mean.read()));
    }
    const step = ops.div(ops.mul(gradient, learningRate), ops.sqrt(ops.add(variance, epsilon)));
    last.assign(ops.add(ops.mul(last.read(), momentum), step));
    variable.assignSub(last.read());
  }
}
