import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import * as ops from '../../ops/index.js';
import { follow } from './follow.js';
import type { OptimizerOptions } from './optimizer-options.js';
import type { SlotSpec, Slots } from './slots.js';

/** The moving average of a weight. */
export const AVERAGE: SlotSpec = { key: 'average' };

/**
 * Averages the weights in, and sets them to their average where it is time.
 *
 * @param updates updates made before this one
 */
export function updateAverages(
  variables: readonly Variable[],
  slots: Slots,
  updates: Output,
  { emaMomentum = 0.99, emaOverwriteFrequency = null }: OptimizerOptions,
): void {
  const started = ops.cast(ops.notEqual(updates, ops.zerosLike(updates)), 'float32');
  const forget = ops.sub(1, ops.mul(started, emaMomentum));
  const due = emaOverwriteFrequency && isMultiple(ops.add(updates, ops.onesLike(updates)), emaOverwriteFrequency);
  for (const variable of variables) {
    const average = slots.of(variable, AVERAGE.key);
    const value = variable.read();
    follow(average, value, ops.cast(forget, variable.dtype));
    if (due) variable.assign(ops.select(due, average.read(), value));
  }
}

/** Whether a count is a multiple of a number. */
export function isMultiple(count: Output, of: number): Output {
  return ops.equal(ops.floorMod(count, ops.cast(of, count.dtype)), ops.zerosLike(count));
}
