import { camelCase, snakeCase } from '../core/naming.js';
import { mapSeveral, type Several } from '../core/several.js';
import { TensorFlowError } from '../errors/errors.js';
import { InputLayer } from '../layers/core/input-layer.js';
import type { CallOptions, Layer } from '../layers/layer.js';
import * as imageLayers from '../layers/preprocessing/image/index.js';
import { deserialize, type LayerConfig, serialize } from '../layers/registry.js';
import { isSymbolic, type LayerNode, mapTensors, type SymbolicTensor } from '../layers/symbolic.js';
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
  const { positionalInputs } = node.layer.constructor as typeof Layer;
  const options = mapTensors(node.options, (tensor) => tensorConfig(place(tensor), tensor));
  const kwargs = Object.fromEntries(Object.entries(options).map(([name, value]) => [snakeCase(name), value]));
  return [{ args: positionalInputs && Array.isArray(args) ? args : [args], kwargs }];
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

/** Inputs that a call in a file may name instead of listing them. */
const NAMED_INPUTS: readonly string[] = ['query', 'value', 'key'];

/** Calls a layer if all that it is called on is there. */
function callNow(layers: ReadonlyMap<string, Layer>, layer: Layer, { args, kwargs = {} }: NodeConfig): boolean {
  const { positionalInputs } = layer.constructor as typeof Layer;
  const given = Object.entries(kwargs).filter(([, value]) => value !== null && value !== undefined);
  const isInput = (name: string): boolean => positionalInputs && NAMED_INPUTS.includes(name);
  const order = given
    .filter(([name]) => isInput(name))
    .sort(([a], [b]) => NAMED_INPUTS.indexOf(a) - NAMED_INPUTS.indexOf(b));
  const inputs = [...args, ...order.map(([, value]) => value as TensorConfig)];
  const options = given.filter(([name]) => !isInput(name));
  const found = new Map(
    [...inputs, ...options.map(([, value]) => value)]
      .flatMap(tensorsIn)
      .map((one) => [one, tensorAt(layers, one.config.keras_history)]),
  );
  if (![...found.values()].every((tensor) => tensor !== undefined)) return false;
  const take = (one: TensorConfig): SymbolicTensor => found.get(one) as SymbolicTensor;
  const called = inputs.map((arg) => mapSeveral(arg, isTensorConfig, take));
  layer.apply((called.length === 1 ? called[0] : called) as Several<SymbolicTensor>, callOptions(layer, options, take));
  return true;
}

/** Options of calls, by Keras' names. */
const OPTION_NAMES: readonly string[] = [
  'training',
  'mask',
  'initial_state',
  'return_attention_scores',
  'use_causal_mask',
  'attention_mask',
  'query_mask',
  'value_mask',
  'key_mask',
];

/** Of each call of these Keras 3 writes `training: true`, which its signature has; there too the model's word counts. */
const IMAGE_LAYERS = new Set<unknown>(Object.values(imageLayers));

function callOptions(
  layer: Layer,
  all: readonly (readonly [string, unknown])[],
  take: (config: TensorConfig) => SymbolicTensor,
): CallOptions<SymbolicTensor> {
  const value = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(value);
    return isTensorConfig(one) ? take(one) : one;
  };
  const given = all.filter(
    ([name, one]) => !(name === 'training' && one === true && IMAGE_LAYERS.has(layer.constructor)),
  );
  const unknown = given.find(([name, one]) => !OPTION_NAMES.includes(name) || typeof value(one) === 'string');
  if (unknown) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `Layer '${layer.name}' is called with '${unknown[0]}' in the file, which is not understood here.`,
    );
  }
  return Object.fromEntries(given.map(([name, one]) => [camelCase(name), value(one)]));
}

function tensorsIn(arg: unknown): TensorConfig[] {
  if (isTensorConfig(arg)) return [arg];
  return typeof arg === 'object' && arg !== null ? Object.values(arg).filter(isTensorConfig) : [];
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
  const { args, kwargs = {} } = (value ?? {}) as Partial<NodeConfig>;
  const called = Array.isArray(args) && args.length + Object.values(kwargs).filter(isTensorConfig).length > 0;
  return called && args.every((arg) => isSeveral(arg, isTensorConfig));
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
