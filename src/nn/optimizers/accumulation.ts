import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { isMultiple } from './moving-average.js';
import type { Pair } from './optimizer.js';
import { Slots } from './slots.js';

/**
 * Averages the gradients of several steps into one update.
 *
 * Why: a graph without branches makes the update at every step, and takes it back where it is not yet time.
 */
export class Accumulation {
  readonly slots: Slots;
  readonly #steps: number;

  constructor(optimizer: string, program: Program, variables: readonly Variable[], steps: number) {
    const sum = { key: 'gradient_accumulator' };
    this.slots = new Slots(optimizer, program, variables, [[sum]]);
    this.#steps = steps;
  }

  /** Updates made before a step. */
  updatesBefore(step: Output): Output {
    return ops.floorDiv(step, ops.cast(this.#steps, step.dtype));
  }

  /**
   * Counts gradients in, and updates where enough have come.
   *
   * @param step steps made before this one
   * @param state what an update changes besides the variables
   */
  apply(
    pairs: readonly Pair[],
    step: Output,
    state: readonly Variable[],
    update: (means: readonly Pair[], updates: Output) => void,
  ): void {
    const due = isMultiple(ops.add(step, ops.onesLike(step)), this.#steps);
    const before = [...pairs.map(({ variable }) => variable), ...state].map((v) => [v, v.read()] as const);
    const means = pairs.map(({ variable, gradient }) => {
      const sum = this.slots.of(variable, 'gradient_accumulator');
      sum.assignAdd(gradient);
      return { variable, gradient: ops.div(sum.read(), this.#steps) };
    });
    update(means, this.updatesBefore(step));
    for (const [variable, value] of before) variable.assign(ops.select(due, variable.read(), value));
    for (const { variable } of pairs) {
      const sum = this.slots.of(variable, 'gradient_accumulator');
      const value = sum.read();
      sum.assign(ops.select(due, ops.zerosLike(value), value));
    }
  }
}
