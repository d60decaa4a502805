import { isComplex, isFloating } from '../core/dtype.js';
import type { Graph } from '../core/graph.js';
import type { Operation, Output } from '../core/output.js';
import { currentScope, nameScope } from '../core/scope.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { OpId } from '../native/binding.js';
import * as ops from '../ops/index.js';
import { decode, encode } from '../proto/codec.js';
import { GraphDefSchema, NodeDefSchema } from '../proto/graph.js';
import { IndexedSlices } from './indexed-slices.js';
import { type Gradient, gradientRule, type SparseGradient } from './registry.js';

/** Producer version of the GraphDefs we write: the library refuses very old ones. */
const GRAPH_VERSION = 2000;

/** Ops that are differentiable by their type, yet let nothing through unless a rule is registered. */
const STOPS: ReadonlySet<string> = new Set([
  'StopGradient',
  'OnesLike',
  'ZerosLike',
  'Floor',
  'FloorDiv',
  'TruncateDiv',
  'Ceil',
  'Round',
  'Rint',
]);

/** Ops over whose gradient the library ends the process: control flow of TensorFlow 1, and an op for TPUs. */
const FATAL: ReadonlySet<string> = new Set(['Exit', 'SplitDedupData']);

/**
 * The walk: gradients of the sum of `ys` with respect to each of `xs`; null where there is none.
 *
 * @param dys gradients to start from, one per y; default ones
 */
export function backpropagate(
  ys: readonly Output[],
  xs: readonly Output[],
  dys?: readonly Gradient[],
): SparseGradient[] {
  const { graph, prefix } = currentScope();
  for (const output of [...ys, ...xs]) if (output.graph !== graph) throw foreign(output);
  return nameScope('gradients', () => {
    const between = operationsBetween(graph, ys, xs);
    const sums = new GradientSums();
    for (const [i, y] of ys.entries()) {
      const dy = dys ? dys[i] : ops.onesLike(y);
      if (dy) sums.add(y, dy);
    }
    // Why: an operation's inputs are older than itself, so descending ids are a reverse topological order.
    for (const op of [...between].sort((a, b) => b.id - a.id)) {
      const incoming = op.outputs.map((output) => sums.dense(output));
      if (incoming.every((dy) => dy === null)) continue;
      // Why: gradients are found again, in profiles and diagrams, by the names of what they are the gradients of.
      const place = op.name.startsWith(prefix) ? op.name.slice(prefix.length) : op.name;
      nameScope(place, () => passThrough(op, incoming, between, sums, xs));
    }
    return xs.map((x) => sums.of(x));
  });
}

function foreign(output: Output): TensorFlowError {
  return new TensorFlowError('ERR_GRAPH', `gradients: '${output.name}' belongs to another program.`);
}

/** Collected gradients of each output, summed when asked for. */
class GradientSums {
  readonly #parts = new Map<Output, (Output | IndexedSlices)[]>();

  add(output: Output, dy: Output | IndexedSlices): void {
    const parts = this.#parts.get(output);
    if (parts) parts.push(dy);
    else this.#parts.set(output, [dy]);
  }

  /** By its rows where all parts are. */
  of(output: Output): SparseGradient {
    const parts = this.#parts.get(output) ?? [];
    const sparse = parts.filter((part) => part instanceof IndexedSlices);
    return sparse.length > 0 && sparse.length === parts.length ? IndexedSlices.concat(sparse) : this.dense(output);
  }

  dense(output: Output): Gradient {
    const parts = this.#parts.get(output)?.map(dense);
    if (!parts?.[0]) return null;
    const sum = parts.length === 1 ? parts[0] : ops.addN(parts);
    this.#parts.set(output, [sum]);
    return sum;
  }
}

function dense(part: Output | IndexedSlices): Output {
  return part instanceof IndexedSlices ? part.toDense() : part;
}

/** Operations that a source reaches and that reach a target, targets' own included. */
function operationsBetween(graph: Graph, ys: readonly Output[], xs: readonly Output[]): Set<Operation> {
  const ancestors = new Set<OpId>();
  const stack = ys.map((y) => y.op);
  for (let op = stack.pop(); op; op = stack.pop()) {
    if (ancestors.has(op.id)) continue;
    ancestors.add(op.id);
    stack.push(...op.inputs.map((input) => input.op));
  }
  const sources = new Set(xs);
  const between = new Set<Operation>();
  for (const id of [...ancestors].sort((a, b) => a - b)) {
    const op = graph.operation(id);
    if (op.inputs.some((input) => sources.has(input) || between.has(input.op))) between.add(op);
  }
  return between;
}

function passThrough(
  op: Operation,
  dys: readonly Gradient[],
  between: ReadonlySet<Operation>,
  sums: GradientSums,
  sources: readonly Output[],
): void {
  const rule = gradientRule(op.type);
  if (!rule && STOPS.has(op.type)) return;
  const inputs = op.inputs;
  const wanted = inputs.filter((x) => isDifferentiable(x) && (between.has(x.op) || sources.includes(x)));
  if (wanted.length === 0) return;
  if (rule) {
    const dxs = rule(op, dys);
    inputs.forEach((x, i) => {
      const dx = dxs[i];
      if (dx && wanted.includes(x)) sums.add(x, dx);
    });
    return;
  }
  for (const [x, dx] of libraryGradients(op, dys, [...new Set(wanted)])) sums.add(x, dx);
}

function isDifferentiable({ dtype }: Output): boolean {
  return isFloating(dtype) || isComplex(dtype) || dtype === 'resource' || dtype === 'variant';
}

/** The library's own gradient of one operation. */
function libraryGradients(op: Operation, dys: readonly Gradient[], xs: readonly Output[]): [Output, Output][] {
  if (FATAL.has(op.type)) throw noGradient(op, xs, new Error('the library has none'));
  const { graph } = op;
  const entangled = isEntangled(xs);
  const twin = entangled ? twinOf(op) : op;
  // Why: an input that comes twice has two copies in the twin, each with its part of the gradient.
  const positions = op.inputs.flatMap((x, i) =>
    xs.includes(x) && (entangled || op.inputs.indexOf(x) === i) ? [i] : [],
  );
  const twinXs = positions.map((i) => twin.inputs[i] as Output);
  const ys = twin.outputs.filter((_, i) => dys[i] !== null);
  const incoming = dys.filter((dy): dy is Output => dy !== null);
  const prefix = graph.uniqueName(`${currentScope().prefix}${op.type}`);
  try {
    const dxs = graph.native.addGradients(
      prefix,
      ys.map((y) => y.ref),
      twinXs.map((x) => x.ref),
      incoming.map((dy) => dy.ref),
    );
    return dxs.flatMap((ref, i) => {
      const x = op.inputs[positions[i] as number] as Output;
      return ref === null ? [] : [[x, graph.output(ref)] as [Output, Output]];
    });
  } catch (cause) {
    throw noGradient(op, xs, cause);
  }
}

function noGradient(op: Operation, [x]: readonly Output[], cause: unknown): TensorFlowError {
  return new TensorFlowError(
    'ERR_GRADIENT',
    `No gradient through ${op} to '${x?.name}': ${messageOf(cause)}. Add one with registerGradient('${op.type}', rule), or cut the path with stopGradient.`,
    { cause },
  );
}

/** Whether one of the inputs depends on another, so that the library would walk through both. */
function isEntangled(xs: readonly Output[]): boolean {
  if (xs.length < 2) return false;
  const oldest = Math.min(...xs.map((x) => x.op.id));
  const ids = new Set(xs.map((x) => x.op.id));
  const seen = new Set<OpId>();
  const stack = xs.flatMap((x) => x.op.inputs);
  for (let input = stack.pop(); input; input = stack.pop()) {
    if (ids.has(input.op.id)) return true;
    if (input.op.id < oldest || seen.has(input.op.id)) continue;
    seen.add(input.op.id);
    stack.push(...input.op.inputs);
  }
  return false;
}

/** The same operation on copies of its inputs; the graph optimizer merges it with the original. */
function twinOf(op: Operation): Operation {
  const { graph } = op;
  const node = decode(NodeDefSchema, graph.native.opNodeDef(op.id));
  node.name = 'twin';
  node.input = op.inputs.map((_, i) => `input_${i}`);
  const bytes = encode(GraphDefSchema, { node: [node], versions: { producer: GRAPH_VERSION } });
  const copies = op.inputs.map((input) => ops.identity(input));
  const [ref] = graph.native.importGraphDef(bytes, {
    prefix: graph.uniqueName(`${currentScope().prefix}${op.type}`),
    inputMap: copies.map((copy, i) => [`input_${i}`, 0, copy.ref] as const),
    returnOutputs: [['twin', 0]],
  });
  if (!ref) throw new TensorFlowError('ERR_GRADIENT', `${op} could not be copied for its gradient.`);
  return graph.output(ref).op;
}
