import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import type { OptimizerOptions } from './optimizer.js';
import { Slots } from './slots.js';

/** Exponential moving averages of the weights. */
export class MovingAverage {
  readonly slots: Slots;
  readonly #variables: readonly Variable[];
  readonly #momentum: number;
  readonly #frequency: number | null;

  constructor(
    optimizer: string,
    program: Program,
    variables: readonly Variable[],
    { emaMomentum = 0.99, emaOverwriteFrequency = null }: OptimizerOptions,
  ) {
    this.slots = new Slots(optimizer, program, variables, [[{ key: 'average' }]]);
    this.#variables = variables;
    this.#momentum = emaMomentum;
    this.#frequency = emaOverwriteFrequency;
  }

  /** Averages the weights in, and sets them to the average where it is time. */
  update(iteration: Output): void {
    const kept = ops.mul(ops.cast(ops.notEqual(iteration, ops.zerosLike(iteration)), 'float32'), this.#momentum);
    const due = this.#frequency && isMultiple(ops.add(iteration, ops.onesLike(iteration)), this.#frequency);
    for (const variable of this.#variables) {
      const average = this.slots.of(variable, 'average');
      const share = ops.cast(ops.sub(1, kept), variable.dtype);
      const value = variable.read();
      ops.resourceApplyGradientDescent(average, share, ops.sub(average.read(), value));
      if (due) variable.assign(ops.select(due, average.read(), value));
    }
  }
}

/** Whether a count is a multiple of a number. */
export function isMultiple(count: Output, of: number): Output {
  return ops.equal(ops.floorMod(count, ops.cast(of, count.dtype)), ops.zerosLike(count));
}
