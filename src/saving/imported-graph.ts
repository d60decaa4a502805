import { dtypeName } from '../core/dtype.js';
import { callFunction, type ProgramFunction, type SpecRecord } from '../core/function.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { currentScope } from '../core/scope.js';
import type { Shape } from '../core/shape.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { TensorFlowError } from '../errors/errors.js';
import { decode, encode } from '../proto/codec.js';
import { type GraphDef, GraphDefSchema, type NodeDef } from '../proto/graph.js';
import { endsOf, type GraphEnds, type GraphEndsOptions, indexOf, keysOf, nodeOf } from './graph-ends.js';
import { ServedModel } from './served-model.js';

/**
 * A graph whose weights are constants, as a model: inputs and outputs go by the names of their nodes, `_` for `/`.
 *
 * @throws ERR_UNKNOWN_NAME for ends that are not there; what the library says of a graph that it does not take
 */
export function importedModel(name: string, graph: GraphDef, asked: GraphEndsOptions): ServedModel {
  const ends = endsOf(graph, asked);
  const program = new Program();
  try {
    addFunction(program, graph, ends);
    return new ServedModel(name, program);
  } catch (error) {
    program.dispose();
    throw error;
  }
}

function addFunction(program: Program, graph: GraphDef, { inputs, outputs }: GraphEnds): void {
  const given = inputs.map(nodeOf);
  const [keys, results] = [keysOf(inputs), keysOf(outputs)];
  const nodes = new Map(graph.node.map((node) => [node.name, node]));
  const specs: SpecRecord = Object.fromEntries(
    given.map((name, i) => [keys[i] as string, specOf(name, nodes.get(name))]),
  );
  program.function('serving_default', specs, (fed) => {
    const { graph: target, prefix } = currentScope();
    const refs = target.native.importGraphDef(encode(GraphDefSchema, without(graph, new Set(given))), {
      prefix: `${prefix}graph`,
      inputMap: given.map((name, i) => [name, 0, (fed[keys[i] as string] as Output).ref]),
      returnOutputs: outputs.map((name) => [nodeOf(name), indexOf(name)]),
    });
    return Object.fromEntries(refs.map((ref, i) => [results[i] as string, target.output(ref)]));
  });
}

/**
 * What a loaded graph without signatures computes, entered in its program's functions.
 *
 * @throws ERR_UNKNOWN_NAME for ends that are not there, ERR_FILE_FORMAT where nothing leaves the graph
 */
export function functionBetween(program: Program, asked: GraphEndsOptions): ProgramFunction {
  const { inputs, outputs } = endsOf(decode(GraphDefSchema, program.toGraphDef()), asked);
  const tensors = (names: readonly string[]): Record<string, Output> =>
    Object.fromEntries(keysOf(names).map((key, i) => [key, outputNamed(program, names[i] as string)]));
  const taken = tensors(inputs);
  const specs = Object.fromEntries(Object.entries(taken).map(([key, { dtype, shape }]) => [key, spec(dtype, shape)]));
  const traced = { name: 'serving_default', specs, inputs: taken, outputs: tensors(outputs), effects: [] };
  const made = callFunction(program, traced) as ProgramFunction;
  program.functions.serving_default = made;
  return made;
}

function outputNamed(program: Program, tensor: string): Output {
  const output = program.graph.find(nodeOf(tensor))?.outputs[indexOf(tensor)];
  if (output) return output;
  throw new TensorFlowError('ERR_UNKNOWN_NAME', `The graph's node '${nodeOf(tensor)}' has no output '${tensor}'.`);
}

/** The graph without these nodes, and without waiting for them; devices are the library's choice. */
function without(graph: GraphDef, left: ReadonlySet<string>): GraphDef {
  const node = graph.node
    .filter(({ name }) => !left.has(name))
    .map((one) => ({
      ...one,
      device: '',
      input: one.input.filter((input) => !input.startsWith('^') || !left.has(input.slice(1))),
    }));
  return { ...graph, node };
}

function specOf(name: string, node: NodeDef | undefined): TensorSpec<Shape> {
  const dtype = node?.op.startsWith('Placeholder') ? node.attr.dtype?.value : undefined;
  if (dtype?.case !== 'type') throw new Error(`its input '${name}' is no placeholder`);
  return spec(dtypeName(dtype.value), shapeOf(node));
}

function shapeOf(node: NodeDef | undefined): Shape {
  const shape = node?.attr.shape?.value;
  if (shape?.case !== 'shape' || shape.value.unknownRank) return null;
  return shape.value.dim.map(({ size }) => (size < 0n ? null : Number(size)));
}
