import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { isMultiple } from './moving-average.js';
import type { SlotSpec, Slots } from './slots.js';
import { type Pair, wholeOf } from './target.js';

/** The sum of a variable's gradients since its last update. */
export const GRADIENT_SUM: SlotSpec = { key: 'gradient_accumulator' };

interface Gathering {
  readonly pairs: readonly Pair[];
  /** Steps that make one update. */
  readonly steps: number;
  readonly slots: Slots;
  /** Steps made before this one. */
  readonly now: Output;
  /** What an update changes. */
  readonly changed: readonly Variable[];
}

/**
 * Counts gradients in, and updates by their means where enough have come.
 *
 * Why: a graph without branches makes the update at every step, and takes it back where it is not yet time.
 */
export function accumulate(
  { pairs, steps, slots, now, changed }: Gathering,
  update: (means: readonly Pair[]) => void,
): void {
  const due = isMultiple(ops.add(now, ops.onesLike(now)), steps);
  const before = changed.map((variable) => [variable, variable.read()] as const);
  const sums = pairs.map(({ variable }) => slots.of(variable, GRADIENT_SUM.key));
  const means = pairs.map(({ variable, gradient }, i) => {
    const sum = sums[i] as Variable;
    sum.assignAdd(wholeOf(gradient));
    return { variable, gradient: ops.div(sum.read(), steps) };
  });
  update(means);
  for (const [variable, value] of before) variable.assign(ops.select(due, variable.read(), value));
  for (const sum of sums) {
    const value = sum.read();
    sum.assign(ops.select(due, ops.zerosLike(value), value));
  }
}
