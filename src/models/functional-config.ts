import { mapSeveral, type Several } from '../core/several.js';
import { TensorFlowError } from '../errors/errors.js';
import { InputLayer } from '../layers/core/input-layer.js';
import type { CallOptions, Layer } from '../layers/layer.js';
import { deserialize, type LayerConfig, serialize } from '../layers/registry.js';
import { isSymbolic, type LayerNode, type SymbolicTensor } from '../layers/symbolic.js';
import { isTensorConfig, type NodeConfig, type TensorConfig, type TensorPlace, tensorConfig } from './inbound-nodes.js';
import { enter } from './input.js';

/** A functional model as Keras 3 writes it; places count the calls of each layer from 0. */
export interface FunctionalConfig {
  readonly name: string;
  readonly trainable?: boolean;
  readonly layers: readonly (LayerConfig & { readonly name?: string; readonly inbound_nodes: readonly NodeConfig[] })[];
  readonly input_layers: Several<TensorPlace> | TensorPlace;
  readonly output_layers: Several<TensorPlace> | TensorPlace;
}

/** What `functionalConfig` needs of a model. */
interface Graph {
  readonly name: string;
  readonly trainable: boolean;
  readonly layers: readonly Layer[];
  readonly graph: readonly LayerNode[];
}

/** The config of a functional model: its layers, each with its calls. */
export function functionalConfig(
  model: Graph,
  inputs: Several<SymbolicTensor>,
  outputs: Several<SymbolicTensor>,
): Record<string, unknown> {
  const calls = new Map(model.layers.map((layer) => [layer, callsOf(model, layer)]));
  const place = (tensor: SymbolicTensor): TensorPlace => [
    tensor.layer.name,
    (calls.get(tensor.layer) ?? []).indexOf(tensor.node),
    tensor.index,
  ];
  return {
    name: model.name,
    trainable: model.trainable,
    layers: model.layers.map((layer) => ({
      ...serialize(layer),
      name: layer.name,
      inbound_nodes: (calls.get(layer) ?? []).flatMap((node) => nodeConfig(node, place)),
    })),
    input_layers: mapSeveral(inputs, isSymbolic, place),
    output_layers: mapSeveral(outputs, isSymbolic, place),
  };
}

/** The calls of a layer that are part of a model. */
function callsOf({ graph }: Graph, layer: Layer): LayerNode[] {
  const own = new Set(graph);
  return layer.nodes.filter((node) => own.has(node));
}

function nodeConfig(node: LayerNode, place: (tensor: SymbolicTensor) => TensorPlace): NodeConfig[] {
  if (node.inputs === undefined) return [];
  const args = mapSeveral(node.inputs, isSymbolic, (tensor) => tensorConfig(place(tensor), tensor));
  return [{ args: [args], kwargs: { ...node.options } }];
}

/**
 * Layers and calls from a config; gives the symbolic inputs and outputs.
 *
 * @throws ERR_FILE_FORMAT where calls wait for each other, or for what is not there, naming the layers
 */
export function graphFromConfig(config: FunctionalConfig) {
  const layers = new Map(config.layers.map((one) => [one.name ?? String(one.config.name), deserialize(one)]));
  for (const layer of layers.values()) if (layer instanceof InputLayer) enter(layer);
  const waiting = config.layers.map((one) => ({
    layer: found(layers, one.name ?? String(one.config.name)),
    nodes: [...(one.inbound_nodes ?? [])].map((node) => (isNode(node) ? node : malformed(config.name, one.name))),
  }));
  while (waiting.some(({ nodes }) => nodes.length > 0)) {
    const before = count(waiting);
    for (const { layer, nodes } of waiting) {
      while (nodes[0] && callNow(layers, layer, nodes[0])) nodes.shift();
    }
    if (count(waiting) === before) throw unresolved(config.name, waiting);
  }
  const tensors = (places: FunctionalConfig['input_layers']): Several<SymbolicTensor> =>
    mapSeveral(
      places as Several<TensorPlace>,
      isPlace,
      (place) => tensorAt(layers, place) ?? missing(config.name, place),
    );
  return { inputs: tensors(config.input_layers), outputs: tensors(config.output_layers) };
}

/** Calls a layer if all that it is called on is there. */
function callNow(layers: ReadonlyMap<string, Layer>, layer: Layer, node: NodeConfig): boolean {
  const places = node.args.flatMap(tensorsIn).map(({ config }) => config.keras_history);
  const tensors = places.map((place) => tensorAt(layers, place));
  if (!tensors.every((tensor) => tensor !== undefined)) return false;
  let next = 0;
  const take = (): SymbolicTensor => tensors[next++] as SymbolicTensor;
  const args = node.args.map((arg) => mapSeveral(arg, isTensorConfig, take));
  layer.apply((args.length === 1 ? args[0] : tensors) as Several<SymbolicTensor>, callOptions(layer, node));
  return true;
}

function callOptions(layer: Layer, { kwargs = {} }: NodeConfig): CallOptions {
  const given = Object.entries(kwargs).filter(([, value]) => value !== null && value !== undefined);
  const unknown = given.find(([name, value]) => name !== 'training' || typeof value !== 'boolean');
  if (!unknown) return Object.fromEntries(given);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `Layer '${layer.name}' is called with '${unknown[0]}' in the file, which is not understood here.`,
  );
}

function tensorsIn(arg: Several<TensorConfig>): TensorConfig[] {
  if (isTensorConfig(arg)) return [arg];
  return Object.values(arg).filter(isTensorConfig);
}

function tensorAt(layers: ReadonlyMap<string, Layer>, [name, call, index]: TensorPlace): SymbolicTensor | undefined {
  const outputs = layers.get(name)?.nodes[call]?.outputs;
  if (outputs === undefined) return undefined;
  return isSymbolic(outputs) ? outputs : Object.values(outputs)[index];
}

/** Whether a value from a file is one of these, or a list or record of them. */
function isSeveral<T>(value: unknown, is: (value: unknown) => value is T): value is Several<T> {
  return is(value) || (typeof value === 'object' && value !== null && Object.values(value).every(is));
}

function isNode(value: unknown): value is NodeConfig {
  const { args } = (value ?? {}) as Partial<NodeConfig>;
  return Array.isArray(args) && args.length > 0 && args.every((arg) => isSeveral(arg, isTensorConfig));
}

function malformed(model: string, what: string | undefined): never {
  throw new TensorFlowError('ERR_FILE_FORMAT', `Model '${model}': the calls of '${what}' cannot be understood.`);
}

function isPlace(value: unknown): value is TensorPlace {
  return Array.isArray(value) && value.length === 3 && typeof value[0] === 'string';
}

function found(layers: ReadonlyMap<string, Layer>, name: string): Layer {
  return layers.get(name) ?? missing('', [name, 0, 0]);
}

function count(waiting: readonly { nodes: readonly NodeConfig[] }[]): number {
  return waiting.reduce((sum, { nodes }) => sum + nodes.length, 0);
}

function missing(model: string, [name, call]: TensorPlace): never {
  throw new TensorFlowError('ERR_FILE_FORMAT', `Model '${model}': there is no call ${call} of a layer '${name}'.`);
}

function unresolved(
  model: string,
  waiting: readonly { layer: Layer; nodes: readonly NodeConfig[] }[],
): TensorFlowError {
  const stuck = waiting
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ layer, nodes }) => {
      const on = (nodes[0]?.args ?? []).flatMap(tensorsIn).map(({ config }) => `'${config.keras_history[0]}'`);
      return `'${layer.name}' (called on ${on.join(', ')})`;
    });
  return new TensorFlowError(
    'ERR_FILE_FORMAT',
    `Model '${model}': its graph has a loop or a gap; these layers wait for inputs that never come: ${stuck.join(', ')}.`,
  );
}
