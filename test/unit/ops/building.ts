import { Graph } from '../../../src/core/graph.js';
import type { Operation, Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { Scope, withScope } from '../../../src/core/scope.js';
import { decode } from '../../../src/proto/codec.js';
import { AttrValueSchema } from '../../../src/proto/graph.js';

/** What `build` makes in a graph of its own. */
export function inGraph<T>(build: () => T): T {
  return withScope(new Scope(new Graph()), build);
}

/** An attribute of a node as the library keeps it. */
export function attrOf({ graph, id }: Operation, name: string): unknown {
  return decode(AttrValueSchema, graph.native.opAttr(id, name)).value.value;
}

/** Runs what `build` makes, and gives the outputs as nested arrays. */
export async function run<R extends Output | readonly Output[] | Readonly<Record<string, Output>>>(
  build: () => R,
): Promise<unknown> {
  using program = new Program({ seed: 1 });
  const result: unknown = await program.function('test', {}, build)({});
  return plain(result);
}

function plain(value: unknown): unknown {
  if (value instanceof Object && 'array' in value && typeof value.array === 'function') return value.array();
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, plain(inner)]));
}
