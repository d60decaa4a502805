import * as ops from '../../ops/index.js';
import {
  Optimizer,
  type OptimizerOptions,
  optimizerDefaults,
  type RowUpdate,
  type Step,
  type Update,
} from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface AdagradOptions extends OptimizerOptions {
  /** First sum of squared gradients. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Keeps divisors from 0. Default 1e-7. */
  epsilon?: number;
}

/** Divides gradients by the root of the sum of all their squares. Learning rate by default 0.001. */
export class Adagrad extends Optimizer<AdagradOptions> {
  static override readonly className: string = 'Adagrad';
  static override readonly defaults = { ...optimizerDefaults(0.001), initialAccumulatorValue: 0.1, epsilon: 1e-7 };

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'accumulator', initialValue: this.options.initialAccumulatorValue }]];
  }

  // Why: the library's op adds epsilon after the root, Keras before.
  protected override updates({ learningRate }: Step): Update {
    const { epsilon } = this.options;
    return ({ gradient, variable, slot }) => {
      const accumulator = slot('accumulator');
      accumulator.assignAdd(ops.square(gradient));
      const scale = ops.rsqrt(ops.add(accumulator.read(), epsilon));
      ops.resourceApplyGradientDescent(variable, learningRate, ops.mul(gradient, scale));
    };
  }

  protected override rowUpdates({ dtype, learningRate }: Step): RowUpdate {
    const { epsilon } = this.options;
    return ({ rows, variable, slot }) => {
      const { handle } = slot('accumulator');
      const { indices, values } = rows.merged();
      ops.resourceScatterAdd(handle, indices, ops.square(values));
      const scale = ops.rsqrt(ops.add(ops.resourceGather(handle, indices, { dtype }), epsilon));
      ops.resourceScatterSub(variable.handle, indices, ops.mul(ops.mul(values, scale), learningRate));
    };
  }
}
