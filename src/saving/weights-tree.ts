import { snakeCase } from '../core/naming.js';
import type { Variable } from '../core/variable.js';
import type { Layer } from '../layers/layer.js';
import { Functional } from '../models/functional.js';
import { Sequential } from '../models/sequential.js';

/** One layer in the tree of Keras 3's weight files, with the weights that are its own. */
export interface TreeNode {
  /** `layers/dense_1`, `layers/bidirectional/forward_layer/cell`; '' for the model. */
  readonly path: string;
  readonly layer: Layer;
  readonly variables: readonly Variable[];
}

/** Parts that are no fields: what Keras calls the fields they are in there. */
const PARTS: Readonly<Record<string, string>> = {
  query: 'query_dense',
  key: 'key_dense',
  value: 'value_dense',
  gate: 'gate_dense',
  attention_output: 'output_dense',
};

/**
 * A model as Keras 3's weight files have it: layers by their class, counted in the order of their list, parts of layers by
 * the field they are in; a layer that is met again is left out.
 */
export function weightsTree(model: Layer): TreeNode[] {
  const met = new Set<Layer>();
  const visit = (layer: Layer, path: string): TreeNode[] => {
    if (met.has(layer)) return [];
    met.add(layer);
    const inner = partsOf(layer).flatMap(([key, part]) => visit(part, path === '' ? key : `${path}/${key}`));
    return [{ path, layer, variables: ownWeights(layer) }, ...inner];
  };
  return visit(model, '');
}

function ownWeights(layer: Layer): Variable[] {
  const inner = new Set(layer.sublayers.flatMap((part) => part.weights));
  // Why: of this wrapper Keras keeps the kernel twice, first as its own.
  const kernel = classOf(layer) === 'SpectralNormalization' ? layer.weights[0] : undefined;
  return layer.weights.filter((weight) => weight === kernel || !inner.has(weight));
}

function partsOf(layer: Layer): (readonly [key: string, part: Layer])[] {
  if (layer instanceof Sequential || layer instanceof Functional) return counted('layers', layer.layers);
  const parts = new Set(layer.sublayers);
  const isPart = (value: unknown): value is Layer => parts.has(value as Layer);
  const fields = Object.entries(layer)
    .map(([name, value]) => [snakeCase(name), value as unknown] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => {
      if (isPart(value)) return [[name, value] as const];
      return Array.isArray(value) ? counted(name, value.filter(isPart)) : [];
    });
  const named = new Set(fields.map(([, part]) => part));
  const others = [...parts].filter((part) => !named.has(part));
  // Why: of its two attention layers, Keras gives only one public names for its projections.
  const hidden = classOf(layer) === 'GroupedQueryAttention' ? '_' : '';
  return [...fields, ...others.map((part) => [`${hidden}${PARTS[part.name] ?? part.name}`, part] as const)];
}

/** The class without the package that may stand before it. */
function classOf(layer: Layer): string {
  return (layer.constructor as typeof Layer).className.replace(/^.*>/, '');
}

/** `layers/dense`, `layers/dense_1` … */
function counted(list: string, layers: readonly Layer[]): (readonly [string, Layer])[] {
  const used = new Map<string, number>();
  return layers.map((layer) => {
    const name = snakeCase(classOf(layer));
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return [`${list}/${name}${count === 0 ? '' : `_${count}`}`, layer] as const;
  });
}
