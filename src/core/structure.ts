import { TensorFlowError } from '../errors/errors.js';

/** A value, or arrays and records of values to any depth. */
export type Structure<T> = T | readonly Structure<T>[] | { readonly [key: string]: Structure<T> };

/** The same structure with other leaves. */
export type Mapped<S, From, To> = [Structure<From>] extends [S]
  ? Structure<To>
  : S extends From
    ? To
    : S extends object
      ? { [K in keyof S]: Mapped<S[K], From, To> }
      : never;

/** Leaves with their paths: `a`, `a/0`, `a/b`. The path of a bare leaf is the empty string. */
export function flatten<T>(structure: Structure<T>, isLeaf: (value: unknown) => value is T, path = ''): [string, T][] {
  if (isLeaf(structure)) return [[path, structure]];
  if (!isPlain(structure)) {
    const where = path ? `'${path}'` : 'the result';
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where} is ${describe(structure)}; expected outputs of the graph, or arrays and plain objects of them.`,
    );
  }
  return Object.entries(structure).flatMap(([key, value]) =>
    flatten(value as Structure<T>, isLeaf, path ? `${path}/${key}` : key),
  );
}

function isPlain(value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  return value !== null && typeof value === 'object' ? `a ${value.constructor.name}` : String(value);
}

/** Puts new leaves where the old ones were, in the order `flatten` gives them. */
export function repack<T, U>(
  structure: Structure<T>,
  isLeaf: (value: unknown) => value is T,
  leaves: readonly U[],
): Structure<U> {
  let next = 0;
  const visit = (value: Structure<T>): Structure<U> => {
    if (isLeaf(value)) return leaves[next++] as U;
    if (Array.isArray(value)) return value.map(visit);
    return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(structure);
}
