import type { Several } from '../core/several.js';
import { isTypedArray, Tensor, type TensorLike } from '../core/tensor.js';

/** One array of data. */
export type Value = Tensor | TensorLike;
/** The arrays of x, y or sample weights: one, or for several inputs or outputs a list or a record by name. */
export type Values = Several<Value>;

/** Values one after the other, and how they were given. */
export interface Parts {
  readonly values: readonly Value[];
  /** Places of the values, the first one at `first`. */
  places(first: number): Several<number>;
}

/**
 * Tells one array from several. A list of tensors is several; any other list is, where there are several names and as
 * many arrays in it.
 */
export function partsIn(given: Values, names: readonly string[] | null): Parts {
  if (isRecord(given)) {
    const keys = Object.keys(given);
    return {
      values: Object.values(given),
      places: (first) => Object.fromEntries(keys.map((key, i) => [key, first + i])),
    };
  }
  if (isList(given, names)) {
    return { values: given, places: (first) => given.map((_, i) => first + i) };
  }
  return { values: [given as Value], places: (first) => first };
}

/** Whether values go by name. */
export function isRecord(value: unknown): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether something is data that is all there. */
export function isValue(value: unknown): value is Value {
  return value instanceof Tensor || Array.isArray(value) || isTypedArray(value);
}

function isList(given: unknown, names: readonly string[] | null): given is readonly Value[] {
  if (!Array.isArray(given) || given.length === 0) return false;
  if (given.every((value) => value instanceof Tensor)) return true;
  return names !== null && names.length > 1 && given.length === names.length && given.every(isValue);
}
