import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
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
    const { epsilon } = this.options;
    const forget = ops.cast(1 - this.options.rho, dtype);
    const size = (average: Variable): Output => ops.sqrt(ops.add(average.read(), epsilon));
    return ({ gradient, sumOf, variable, slot }) => {
      const [gradients, steps] = [slot('accumulated_grad'), slot('accumulated_delta_var')];
      const squares = sumOf(ops.square);
      follow(gradients, squares, forget);
      const scale = ops.div(size(steps), size(gradients));
      follow(steps, ops.mul(ops.square(scale), squares), forget);
      ops.resourceApplyGradientDescent(variable, learningRate, ops.mul(scale, gradient));
    };
  }
}
