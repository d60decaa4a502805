import * as ops from '../../ops/index.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step is repeated, 0 to 1. Default 0. */
  momentum?: number;
  /** Whether the gradient counts where the momentum leads. Default false. */
  nesterov?: boolean;
}

/** Steps down the gradient, with momentum. Learning rate by default 0.01. */
export class SGD extends Optimizer<SGDOptions> {
  static override readonly className: string = 'SGD';
  static override readonly defaults = { ...optimizerDefaults(0.01), momentum: 0, nesterov: false };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return this.options.momentum === 0 ? [] : [[{ key: 'momentum' }]];
  }

  protected override updates({ dtype, learningRate }: Step): Update {
    const { momentum, nesterov } = this.options;
    if (momentum === 0) {
      return (target) => {
        const { rows, variable } = target;
        if (rows) ops.resourceScatterSub(variable.handle, rows.indices, ops.mul(rows.values, learningRate));
        else ops.resourceApplyGradientDescent(variable, learningRate, target.gradient);
      };
    }
    const kept = ops.cast(momentum, dtype);
    return ({ gradient, variable, slot }) =>
      ops.resourceApplyKerasMomentum(variable, slot('momentum'), learningRate, gradient, kept, {
        useNesterov: nesterov,
      });
  }
}
