import { TensorFlowError } from '../errors/errors.js';

/** A value, or arrays and records of values to any depth. The empty tuple lets arrays be inferred as tuples. */
export type Structure<T> = T | readonly [] | readonly Structure<T>[] | { readonly [key: string]: Structure<T> };

/** The same structure with other leaves. */
export type Mapped<S, From, To> = [Structure<From>] extends [S]
  ? [string] extends [S] // only the empty record takes that too
    ? S
    : Structure<To>
  : S extends From
    ? To
    : S extends object
      ? { [K in keyof S]: Mapped<S[K], From, To> }
      : never;

/** How errors name a structure: where it stands, the whole of it, and what its leaves should be. */
interface Wording {
  where?: string;
  whole?: string;
  leaves?: string;
}

/** Leaves with their paths: `a`, `a/0`, `a/b`. The path of a bare leaf is the empty string. */
export function flatten<T>(
  structure: Structure<T>,
  isLeaf: (value: unknown) => value is T,
  path = '',
  wording: Wording = {},
): [string, T][] {
  if (isLeaf(structure)) return [[path, structure]];
  if (!isPlain(structure)) {
    const { where, whole = 'the result', leaves = 'outputs of the graph (constant(value), variable.read())' } = wording;
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${where ? `${where}: ` : ''}${path ? `'${path}'` : whole} is ${describe(structure)}; expected ${leaves}, or arrays and plain objects of them.`,
    );
  }
  return Object.entries(structure).flatMap(([key, value]) =>
    flatten(value as Structure<T>, isLeaf, path ? `${path}/${key}` : key, wording),
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

/** What stands in `values` where `structure` has its leaves, in the order of `flatten`; `undefined` where nothing does. */
export function alongside<T>(
  structure: Structure<T>,
  isLeaf: (value: unknown) => value is T,
  values: unknown,
): unknown[] {
  if (isLeaf(structure)) return [values];
  return Object.entries(structure).flatMap(([key, inner]) => alongside(inner, isLeaf, inside(values, key)));
}

function inside(values: unknown, key: string): unknown {
  return values !== null && typeof values === 'object' && Object.hasOwn(values, key)
    ? (values as Record<string, unknown>)[key]
    : undefined;
}

/** A structure from the paths of its leaves, as `flatten` gives them: `a/0`, `a/1` become an array. */
export function unflatten<T>(leaves: Iterable<readonly [path: string, leaf: T]>): Structure<T> {
  const root = new Map<string, unknown>();
  for (const [path, leaf] of leaves) {
    const keys = path.split('/');
    const last = keys.pop() as string;
    let node = root;
    for (const key of keys) {
      const known = node.get(key);
      const inner: Map<string, unknown> = known instanceof Map ? known : new Map();
      node.set(key, inner);
      node = inner;
    }
    node.set(last, leaf);
  }
  return fromMaps(root) as Structure<T>;
}

function fromMaps(node: unknown): unknown {
  if (!(node instanceof Map)) return node;
  const keys = [...node.keys()];
  const isList = keys.length > 0 && keys.every((_, i) => node.has(String(i)));
  return isList
    ? keys.map((_, i) => fromMaps(node.get(String(i))))
    : Object.fromEntries([...node].map(([key, inner]) => [key, fromMaps(inner)]));
}
