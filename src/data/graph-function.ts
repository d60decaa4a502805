import type { DType } from '../core/dtype.js';
import { Graph } from '../core/graph.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { Scope, withScope } from '../core/scope.js';
import type { Shape } from '../core/shape.js';
import { Trace } from '../core/trace.js';
import * as ops from '../ops/index.js';

/**
 * Traces `body` into a function of the program's graph, for ops that take one: the maps of a dataset.
 *
 * @param inputs what the function is called with
 * @param body builds the function's graph, a graph of its own: it may use its inputs and constants, nothing else
 * @returns the function's name, made unique
 */
export function graphFunction(
  program: Program,
  name: string,
  inputs: readonly { dtype: DType; shape: Shape }[],
  body: (...inputs: Output[]) => Output[],
): string {
  using graph = new Graph();
  const trace = new Trace();
  const [given, made] = withScope(new Scope(graph).traced(trace), () => {
    const placeholders = inputs.map((input) => ops.placeholder(input));
    return [placeholders, body(...placeholders)] as const;
  });
  const unique = program.graph.uniqueName(name);
  const refs = (outputs: readonly Output[]) => outputs.map((output) => output.ref);
  const effects = trace.effects.map((operation) => operation.id);
  const native = graph.native.toFunction(unique, null, refs(given), refs(made), null, effects, false);
  program.graph.native.copyFunction(native);
  return unique;
}
