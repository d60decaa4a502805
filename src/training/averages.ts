import type { ProgramFunction } from '../core/function.js';
import type { Program } from '../core/program.js';
import type { Optimizer } from '../nn/index.js';

const setters = new WeakMap<Optimizer, ProgramFunction>();

/** Sets weights to their moving averages, where the optimizer keeps them (Keras' `finalize_variable_values`). */
export async function setToAverages(program: Program, optimizer: Optimizer): Promise<void> {
  if (!optimizer.built) return;
  const pairs = optimizer.variables.flatMap((weight) => {
    const average = optimizer.stateOf('average', weight);
    return average ? [{ weight, average }] : [];
  });
  if (pairs.length === 0) return;
  let set = setters.get(optimizer);
  if (!set) {
    set = program.trace('averages', {}, () => {
      for (const { weight, average } of pairs) weight.assign(average.read());
      return {};
    });
    setters.set(optimizer, set);
  }
  await set({});
}
