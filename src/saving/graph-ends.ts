import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { GraphDef, NodeDef } from '../proto/graph.js';

/** Names of tensors where data enters a graph and where results leave it: `x`, `split:1`. */
export interface GraphEnds {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What may be said of a graph's ends, the rest is found. */
export type GraphEndsOptions = { readonly [K in keyof GraphEnds]?: readonly string[] | undefined };

/** Ops of which nobody wants the outcome. */
const NO_RESULTS = /^(Const|NoOp|Assert|Placeholder.*|Save.*|MergeV2.*|Assign.*|Print.*|.*Summary(V2)?)$/;
const INPUTS = new Set(['Placeholder', 'PlaceholderV2']);

/**
 * The ends of a graph without a signature: its placeholders without a default, and what depends on them and nothing else
 * takes.
 *
 * @throws ERR_UNKNOWN_NAME for a node that is not there, ERR_FILE_FORMAT where nothing leaves the graph
 */
export function endsOf({ node: nodes }: GraphDef, asked: GraphEndsOptions): GraphEnds {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const name of [...(asked.inputs ?? []), ...(asked.outputs ?? [])]) {
    if (!byName.has(nodeOf(name))) throw unknownName('node of the graph', name, [...byName.keys()]);
  }
  const placeholders = nodes.filter(({ op }) => INPUTS.has(op)).map(({ name }) => name);
  const inputs = asked.inputs ?? placeholders;
  const outputs = asked.outputs ?? sinksOf(nodes, byName, inputs);
  if (outputs.length > 0) return { inputs, outputs };
  throw new TensorFlowError('ERR_FILE_FORMAT', 'The graph gives nothing that depends on its inputs; name its outputs.');
}

/** Nodes that no other takes; where there are inputs, those that depend on one. */
function sinksOf(nodes: readonly NodeDef[], byName: ReadonlyMap<string, NodeDef>, inputs: readonly string[]): string[] {
  const taken = new Set(nodes.flatMap(({ input }) => input.filter((name) => !name.startsWith('^')).map(nodeOf)));
  const sinks = nodes.filter(({ name, op }) => !NO_RESULTS.test(op) && !taken.has(name));
  const fed = new Set(inputs.map(nodeOf));
  const wanted = fed.size === 0 ? sinks : sinks.filter((sink) => reaches(sink, byName, fed));
  return wanted.map(({ name }) => name);
}

function reaches(from: NodeDef, byName: ReadonlyMap<string, NodeDef>, targets: ReadonlySet<string>): boolean {
  const met = new Set<string>();
  const open = [from];
  for (let node = open.pop(); node; node = open.pop()) {
    if (targets.has(node.name)) return true;
    if (met.has(node.name)) continue;
    met.add(node.name);
    open.push(...node.input.flatMap((input) => byName.get(nodeOf(input)) ?? []));
  }
  return false;
}

/** `^a`, `a:1` and `a` are of the node `a`. */
export function nodeOf(tensor: string): string {
  return tensor.replace(/^\^/, '').replace(/:\d+$/, '');
}

/** Which of its node's outputs a tensor is. */
export function indexOf(tensor: string): number {
  return Number(/:(\d+)$/.exec(tensor)?.[1] ?? 0);
}

/**
 * The names that data goes by: those of nodes, `_` for `/`, which would nest it. Where a name is taken already, a number
 * follows.
 */
export function keysOf(tensors: readonly string[]): string[] {
  const taken = new Set<string>();
  return tensors.map((tensor) => {
    const key = nodeOf(tensor).replaceAll('/', '_');
    let free = key;
    for (let i = 1; taken.has(free); i++) free = `${key}_${i}`;
    taken.add(free);
    return free;
  });
}
