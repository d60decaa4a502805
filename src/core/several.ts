import { Output } from './output.js';
import { flatten, repack } from './structure.js';

/** One value, a list of them, or a record by name. */
export type Several<T> = T | readonly T[] | { readonly [name: string]: T };

type Is<T> = (value: unknown) => value is T;

/** The values, in order. */
export function listOf<T>(several: Several<T>, is: Is<T>): T[] {
  return flatten<T>(several, is).map(([, value]) => value);
}

/** The same with other values. */
export function mapSeveral<T, U>(several: Several<T>, is: Is<T>, change: (value: T) => U): Several<U> {
  return likeThat(several, is, listOf(several, is).map(change));
}

/** New values where the old ones are, in order. */
export function likeThat<T, U>(several: Several<T>, is: Is<T>, values: readonly U[]): Several<U> {
  return repack<T, U>(several, is, values) as Several<U>;
}

export function isOutput(value: unknown): value is Output {
  return value instanceof Output;
}
