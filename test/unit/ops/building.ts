import { Graph } from '../../../src/core/graph.js';
import { type Operation, Output } from '../../../src/core/output.js';
import { Scope, withScope } from '../../../src/core/scope.js';
import { flatten, repack, type Structure } from '../../../src/core/structure.js';
import { Tensor } from '../../../src/core/tensor.js';
import { loadAddon } from '../../../src/native/library.js';
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

/** Runs what `build` makes once, and gives the outputs as nested arrays. */
export function run(build: () => Structure<Output>): unknown {
  const outputs = inGraph(build);
  const isOutput = (value: unknown): value is Output => value instanceof Output;
  const fetches = flatten(outputs, isOutput).map(([, output]) => output);
  const [first] = fetches;
  if (!first) throw new Error('There is nothing to run.');
  const session = loadAddon().session(first.graph.native);
  const refs = fetches.map((output) => output.ref);
  const values = session.callable([], refs, []).runSync([]);
  session.dispose();
  return repack(
    outputs,
    isOutput,
    values.map((value) => new Tensor(value).array()),
  );
}
