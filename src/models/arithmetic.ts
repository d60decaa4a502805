import type { PlainLayer } from './config-dialect.js';

/** What is done to each value. */
interface Rescaled {
  readonly scale: number;
  readonly offset: number;
}

/** Keras' operations of a tensor and a number. */
const OPERATIONS: Readonly<Record<string, (n: number) => Rescaled>> = {
  Add: (n) => ({ scale: 1, offset: n }),
  Subtract: (n) => ({ scale: 1, offset: -n }),
  Multiply: (n) => ({ scale: n, offset: 0 }),
  Divide: (n) => ({ scale: 1 / n, offset: 0 }),
  TrueDivide: (n) => ({ scale: 1 / n, offset: 0 }),
};

/** `x + 3` and the like, which Keras 3 writes as operations between the layers, as the layer that does the same. */
export function arithmeticAsLayer(layer: PlainLayer): PlainLayer {
  const [node, second] = Array.isArray(layer.inbound_nodes) ? (layer.inbound_nodes as unknown[]) : [];
  const [tensor, n] = argsOf(node);
  const rescaled = OPERATIONS[layer.class_name];
  if (!rescaled || second !== undefined || typeof tensor !== 'object' || typeof n !== 'number') return layer;
  const { name = layer.name } = layer.config;
  return {
    ...layer,
    class_name: 'Rescaling',
    config: { name, ...rescaled(n) },
    inbound_nodes: [{ args: [tensor], kwargs: {} }],
  };
}

function argsOf(node: unknown): readonly unknown[] {
  const args = typeof node === 'object' && node !== null && 'args' in node ? node.args : [];
  return Array.isArray(args) && args.length === 2 ? args : [];
}
