import { IndexedSlices } from '../../autodiff/indexed-slices.js';
import type { Output } from '../../core/output.js';
import type { Variable } from '../../core/variable.js';
import type { Slots } from './slots.js';

/** What an update of one variable works on. */
export interface Target {
  /** The whole gradient. */
  readonly gradient: Output;
  /** The gradient where it is by rows, of which one may come several times; else null. */
  readonly rows: IndexedSlices | null;
  /** The whole of f of the gradient, element by element; of a row that comes twice, the sum of f of each. */
  sumOf(f: (values: Output) => Output): Output;
  readonly variable: Variable;
  /** A slot of the variable, by its key. */
  slot(key: string): Variable;
}

/** A variable and its gradient. */
export interface Pair {
  readonly variable: Variable;
  readonly gradient: Output | IndexedSlices;
}

/** The same done to a gradient, or to the rows of it that are not zero. */
export function mapValues(gradient: Output | IndexedSlices, f: (values: Output) => Output): Output | IndexedSlices {
  return gradient instanceof IndexedSlices ? gradient.withValues(f(gradient.values)) : f(gradient);
}

/** The gradient with all of its rows. */
export function wholeOf(gradient: Output | IndexedSlices): Output {
  return gradient instanceof IndexedSlices ? gradient.toDense() : gradient;
}

/** What an update is given of a variable. */
export function targetOf(variable: Variable, given: Output | IndexedSlices, slots: Slots): Target {
  return {
    variable,
    rows: given instanceof IndexedSlices ? given : null,
    // Why a getter: the whole gradient of a large table is made only where it is asked for.
    get gradient() {
      return wholeOf(given);
    },
    sumOf: (f) => wholeOf(mapValues(given, f)),
    slot: (key) => slots.of(variable, key),
  };
}
