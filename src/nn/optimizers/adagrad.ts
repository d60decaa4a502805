import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
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

  protected override updates({ dtype, learningRate }: Step): Update {
    const { epsilon } = this.options;
    const scaleOf = (sums: Output): Output => ops.rsqrt(ops.add(sums, epsilon));
    return (target) => {
      const { rows, variable, slot } = target;
      const accumulator = slot('accumulator');
      if (rows) {
        const { values, indices } = rows;
        ops.resourceScatterAdd(accumulator.handle, indices, ops.square(values));
        const scale = scaleOf(ops.resourceGather(accumulator.handle, indices, { dtype }));
        ops.resourceScatterSub(variable.handle, indices, ops.mul(ops.mul(values, scale), learningRate));
        return;
      }
      // Why: the library's op adds epsilon after the root, Keras before.
      const { gradient } = target;
      accumulator.assignAdd(ops.square(gradient));
      const step = ops.mul(gradient, scaleOf(accumulator.read()));
      ops.resourceApplyGradientDescent(variable, learningRate, step);
    };
  }
}
