import type { GraphDef, NodeDef } from '../../proto/graph.js';
import type { MetaGraphDef, SignatureDef } from '../../proto/saved-model.js';

/** Ops that change variables. */
const CHANGES = /^(Assign|Resource(Sparse)?Apply|ResourceScatter|ResourceStridedSliceAssign|Scatter)/;
/** Ops that write files. */
const WRITES = /^(Save|WriteFile|MergeV2)/;
/** Drawing random numbers advances a program's generator, which is no effect of its own. */
const GENERATOR = 'random/state';

/** What a signature does besides computing. */
export interface Effects {
  /** Training steps, restoring. */
  readonly variables: boolean;
  readonly files: boolean;
}

/**
 * What a signature does besides computing.
 *
 * Why: a server lends its model to strangers, many at a time; nobody may change it for all by calling a signature unless
 * the server says so, and nobody may write its files.
 */
export function effectsOf({ graphDef }: MetaGraphDef, { outputs }: SignatureDef): Effects {
  if (!graphDef) return { variables: false, files: false };
  const starts = Object.values(outputs).map(({ encoding }) => nodeOf(String(encoding.value)));
  const nodes = reached(graphDef, starts).filter((node) => nodeOf(node.input[0] ?? '') !== GENERATOR);
  const has = (ops: RegExp): boolean => nodes.some(({ op }) => ops.test(op));
  return { variables: has(CHANGES), files: has(WRITES) };
}

/** `^a`, `a:1` and `a` are the node `a`. */
function nodeOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:.*$/, '');
}

/** Nodes that may run for these, with all nodes of the functions they call. */
function reached(graph: GraphDef, starts: string[]): NodeDef[] {
  const nodes = new Map(graph.node.map((node) => [node.name, node]));
  const bodies = new Map(graph.library?.function.map((fn) => [fn.signature?.name, fn.nodeDef]));
  const found = new Set<NodeDef>();
  const called = new Set<string>();
  const open = starts.flatMap((name) => nodes.get(name) ?? []);
  for (let node = open.pop(); node; node = open.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    if (nodes.get(node.name) === node) open.push(...node.input.flatMap((input) => nodes.get(nodeOf(input)) ?? []));
    for (const name of callees(node)) {
      if (!called.has(name)) open.push(...(bodies.get(name) ?? []));
      called.add(name);
    }
  }
  return [...found];
}

function callees({ op, attr }: NodeDef): string[] {
  const named = Object.values(attr).flatMap(({ value }) => {
    if (value.case === 'func') return [value.value.name];
    return value.case === 'list' ? value.value.func.map(({ name }) => name) : [];
  });
  return [op, ...named];
}
