import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface LionOptions extends OptimizerOptions {
  /** How much of the average counts in a step. Default 0.9. */
  beta1?: number;
  /** How much of the average each step keeps. Default 0.99. */
  beta2?: number;
}

/** Steps of one size, along the signs of averaged gradients. Learning rate by default 0.001. */
export class Lion extends Optimizer<LionOptions> {
  static override readonly className: string = 'Lion';
  static override readonly defaults = { ...optimizerDefaults(0.001), beta1: 0.9, beta2: 0.99 };

  constructor(options: LionOptions = {}) {
    super(options);
    const { beta1 } = this.options;
    if (beta1 > 0 && beta1 <= 1) return;
    throw new TensorFlowError('ERR_ARGUMENT', `Lion: beta1 must be above 0 and at most 1, got ${beta1}.`);
  }

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'momentum' }]];
  }

  protected override updates({ dtype, learningRate }: Step): Update {
    const { beta1, beta2 } = this.options;
    const forget = ops.cast(1 - beta2, dtype);
    return ({ gradient, variable, slot }) => {
      const momentum = slot('momentum');
      const before = momentum.read();
      const direction = ops.sign(ops.add(ops.mul(before, beta1), ops.mul(gradient, 1 - beta1)));
      ops.resourceApplyGradientDescent(variable, learningRate, direction);
      follow(momentum, gradient, forget);
    };
  }
}
