import { decode, encode } from '../proto/codec.js';
import { GraphDefSchema } from '../proto/graph.js';
import type { Operation, Output } from './output.js';
import { controlInputsOf, leavesOf, operationsOf, type Traced } from './reachable.js';
import { currentScope } from './scope.js';

/**
 * Inside a function: what another function of the program gives for these inputs. What depends on its inputs is in the
 * graph a second time; variables, tables and constants are shared. Its effects are not repeated.
 *
 * @param inputs one for each leaf of its inputs, in order
 * @returns one for each leaf of its outputs, in order
 * @throws ERR_GRAPH for inputs of another program
 */
export function replay(traced: Traced, inputs: readonly Output[]): Output[] {
  const { graph } = currentScope();
  const given = new Map(leavesOf(traced.inputs).map(([, own], i) => [own.name, inputs[i] as Output]));
  for (const input of given.values()) graph.own(input, traced.functionName);
  const copied = dependents(traced, new Set([...given.keys()]));
  const replaced = (output: Output): Output => given.get(output.name) ?? output;
  const results = leavesOf(traced.outputs).map(([, output]) => output);
  const copies = results.filter(({ op }) => copied.has(op));
  const names = new Set([...copied].map(({ name }) => name));
  const outside = [...copied].flatMap((op) => op.inputs.filter((input) => !copied.has(input.op)));
  const prefix = currentScope().sub(traced.functionName).prefix.slice(0, -1);
  const refs = graph.native.importGraphDef(graphOf(graph.toGraphDef(), names), {
    prefix,
    inputMap: outside.map((input) => [input.op.name, input.index, replaced(input).ref]),
    returnOutputs: copies.map(({ op, index }) => [op.name, index]),
  });
  const made = new Map(copies.map((output, i) => [output, refs[i]]));
  return results.map((output) => {
    const ref = made.get(output);
    return ref ? graph.output(ref) : replaced(output);
  });
}

/** The operations between a function's inputs and its outputs. */
function dependents(traced: Traced, inputs: ReadonlySet<string>): Set<Operation> {
  const operations = operationsOf(traced);
  const found = new Set<Operation>();
  const depends = (op: Operation): boolean =>
    op.inputs.some((input) => inputs.has(input.name) || found.has(input.op)) ||
    controlInputsOf(op).some((control) => found.has(control));
  // Why again: a loop of TensorFlow 1 goes back to operations made before.
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const op of operations) if (!found.has(op) && depends(op)) found.add(op);
  }
  return found;
}

/** Some nodes of a graph; they wait for each other only. */
function graphOf(bytes: Uint8Array, names: ReadonlySet<string>): Uint8Array {
  const graph = decode(GraphDefSchema, bytes);
  const node = graph.node.filter(({ name }) => names.has(name));
  for (const one of node) {
    one.input = one.input.filter((input) => !input.startsWith('^') || names.has(input.slice(1)));
  }
  return encode(GraphDefSchema, { node, ...(graph.versions && { versions: graph.versions }) });
}
