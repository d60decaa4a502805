import { TensorFlowError } from '../errors/errors.js';
import type { Layer } from '../layers/layer.js';
import type { LayerNode, SymbolicTensor } from '../layers/symbolic.js';

/** The calls that lead from inputs to outputs. */
export interface GraphOrder {
  /** Calls, each after those it depends on. */
  readonly nodes: readonly LayerNode[];
  /** Layers in Keras' order: by their distance from the outputs, then as they were met on the way back. */
  readonly layers: readonly Layer[];
}

/**
 * Walks back from the outputs.
 *
 * @throws ERR_GRAPH where the way back does not end in the inputs, naming both ends
 */
export function graphOrder(
  model: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): GraphOrder {
  const { nodes, layers } = walkBack(model, inputs, outputs);
  const depths = depthsOf(nodes, layers);
  const unconnected = inputs.filter(({ layer }) => !layers.includes(layer));
  const unused = unconnected.map(({ layer }) => layer);
  const all = [...layers, ...unused].map((layer, i) => ({ layer, i: unused.includes(layer) ? -1 : i }));
  const depth = (layer: Layer): number => depths.get(layer) ?? 0;
  all.sort((a, b) => depth(b.layer) - depth(a.layer) || a.i - b.i);
  return { nodes: [...unconnected.map(({ node }) => node), ...nodes], layers: all.map(({ layer }) => layer) };
}

/** Depth first, without recursion: networks are deep. */
function walkBack(model: string, inputs: readonly SymbolicTensor[], outputs: readonly SymbolicTensor[]) {
  const ends = new Set(inputs.map(({ node }) => node));
  const nodes = new Set<LayerNode>();
  const layers = new Set<Layer>();
  const open = outputs.map(({ node }) => ({ node, next: 0, output: node })).reverse();
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const { node } = top;
    if (top.next === 0) layers.add(node.layer);
    const parent = nodes.has(node) || ends.has(node) ? undefined : node.parents[top.next];
    if (parent) {
      top.next += 1;
      open.push({ node: parent.node, next: 0, output: top.output });
      continue;
    }
    if (node.inputs === undefined && !ends.has(node)) throw disconnected(model, node, top.output, inputs);
    nodes.add(node);
    open.pop();
  }
  return { nodes: [...nodes], layers: [...layers] };
}

/** Each layer's longest way to an output, over all its calls. */
function depthsOf(nodes: readonly LayerNode[], layers: readonly Layer[]): Map<Layer, number> {
  const ofNode = new Map<LayerNode, number>();
  const ofLayer = new Map<Layer, number>();
  for (const node of [...nodes].reverse()) {
    const depth = Math.max(ofNode.get(node) ?? 0, ofLayer.get(node.layer) ?? 0);
    ofNode.set(node, depth);
    ofLayer.set(node.layer, depth);
    for (const { node: parent } of node.parents) {
      if (!layers.includes(parent.layer)) continue;
      ofNode.set(parent, Math.max(ofNode.get(parent) ?? 0, depth + 1));
    }
  }
  return ofLayer;
}

function disconnected(
  model: string,
  node: LayerNode,
  output: LayerNode,
  inputs: readonly SymbolicTensor[],
): TensorFlowError {
  const given = inputs.map(({ name }) => `'${name}'`).join(', ');
  return new TensorFlowError(
    'ERR_GRAPH',
    `Model '${model}': output '${output.layer.name}' depends on input '${node.layer.name}', which is not among the inputs ${given}; add it to inputs.`,
  );
}
