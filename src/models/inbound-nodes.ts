import type { Several } from '../core/several.js';
import type { Shape } from '../core/shape.js';
import { arithmeticAsLayer } from './arithmetic.js';
import type { PlainLayer } from './config-dialect.js';

/** A symbolic tensor in a config: layer, which of its calls, which of the outputs. */
export type TensorPlace = readonly [layer: string, call: number, output: number];

/** A symbolic tensor as Keras 3 writes it. */
export interface TensorConfig {
  readonly class_name: '__keras_tensor__';
  readonly config: { readonly shape: Shape; readonly dtype: string; readonly keras_history: TensorPlace };
}

/** One call of a layer as Keras 3 writes it. */
export interface NodeConfig {
  readonly args: readonly Several<TensorConfig>[];
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

type Config = Readonly<Record<string, unknown>>;

export function tensorConfig(place: TensorPlace, { shape, dtype }: { shape: Shape; dtype: string }): TensorConfig {
  return { class_name: '__keras_tensor__', config: { shape, dtype, keras_history: place } };
}

export function isTensorConfig(value: unknown): value is TensorConfig {
  if (typeof value !== 'object' || value === null) return false;
  const { class_name: name, config } = value as { class_name?: unknown; config?: unknown };
  return name === '__keras_tensor__' && typeof config === 'object' && isPlace((config as Config | null)?.keras_history);
}

function isPlace(value: unknown): value is TensorPlace {
  return Array.isArray(value) && value.length >= 3 && typeof value[0] === 'string';
}

/**
 * The graph of a functional model in one form for both dialects: Keras 3's nodes, and calls counted from 0 everywhere.
 * Keras 2 counts the calls of inner models from 1, Keras 3 does so where they are outputs.
 */
export function plainGraph(layers: readonly PlainLayer[], config: Config): { layers: PlainLayer[]; ends: Config } {
  const keras2 = layers.some(({ inbound_nodes: nodes }) => isList(nodes) && nodes.some(isList));
  const shift = keras2 ? counting(layers, startsAtOneInKeras2, -1) : same;
  const ends = counting(layers, keras2 ? startsAtOneInKeras2 : startsAtOneInKeras3, -1);
  return {
    layers: layers.map(arithmeticAsLayer).map((layer) => {
      if (!isList(layer.inbound_nodes)) return layer;
      return {
        ...layer,
        inbound_nodes: layer.inbound_nodes.map((node) => (isList(node) ? plainNode(node, shift) : node)),
      };
    }),
    ends: mapEnds(config, ends, keras2 ? onlyOne : undefined),
  };
}

/** Why: Keras 2 writes one input, or output, as a list of one. */
function onlyOne(places: unknown): unknown {
  return isList(places) && places.length === 1 ? places[0] : places;
}

/** The graph as Keras 2 writes it. */
export function keras2Graph(layers: readonly PlainLayer[], config: Config): { layers: PlainLayer[]; ends: Config } {
  const shift = counting(layers, startsAtOneInKeras2, 1);
  const nodes = (list: readonly unknown[]) =>
    list.map((node) => {
      const { args, kwargs = {} } = node as NodeConfig;
      const [first, ...more] = args;
      // Why: Keras 2 names all inputs but the first.
      const named = { ...Object.fromEntries(more.map((arg, i) => [LATER_INPUTS[i], arg])), ...kwargs };
      const given = Object.entries(named).filter(([, value]) => value !== null);
      const options = Object.fromEntries(given.map(([name, value]) => [name, asPlaces(value, shift)]));
      return tensorsIn(first).map(({ config: one }) => [...shift(one.keras_history), options]);
    });
  return {
    layers: layers.map((layer) =>
      isList(layer.inbound_nodes) ? { ...layer, inbound_nodes: nodes(layer.inbound_nodes) } : layer,
    ),
    ends: mapEnds(config, shift, (places) => (isPlace(places) ? [places] : places)),
  };
}

/** The ends of the graph as Keras 3 writes them. */
export function keras3Ends(layers: readonly PlainLayer[], config: Config): Config {
  return mapEnds(config, counting(layers, startsAtOneInKeras3, 1));
}

type Shift = (place: TensorPlace) => TensorPlace;

const same: Shift = (place) => place;

/** Changes places of the layers that a test picks. */
function counting(layers: readonly PlainLayer[], picks: (layer: PlainLayer) => boolean, by: number): Shift {
  const picked = new Set(layers.filter(picks).map((layer) => layer.name ?? layer.config.name));
  return ([name, call, output]) => [name, picked.has(name) ? Math.max(0, call + by) : call, output];
}

/** A model with inputs has a call of its own there, the one that made it. */
function startsAtOneInKeras2({ class_name: name, config }: PlainLayer): boolean {
  if (name === 'Functional') return true;
  const inner = config.layers;
  return name === 'Sequential' && isList(inner) && (inner[0] as PlainLayer | undefined)?.class_name === 'InputLayer';
}

function startsAtOneInKeras3({ class_name: name }: PlainLayer): boolean {
  return name === 'Functional';
}

/** `[["a", 0, 0, {}], …]` */
function plainNode(node: readonly unknown[], shift: Shift): NodeConfig {
  const places = isPlace(node) ? [node] : node.filter(isPlace);
  const options = Object.assign({}, ...places.map((place) => (place as readonly unknown[])[3] ?? {})) as Config;
  const tensors = places.map((place) => tensorConfig(shift(place), { shape: null, dtype: 'float32' }));
  const kwargs = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, asTensors(value, shift)]));
  return { args: [tensors.length === 1 && tensors[0] ? tensors[0] : tensors], kwargs };
}

/** Inputs of attention after the first, as Keras names them. */
const LATER_INPUTS: readonly string[] = ['value', 'key'];

/** An option of a call, with places for the tensors in it. */
function asPlaces(value: unknown, shift: Shift): unknown {
  if (isTensorConfig(value)) return shift(value.config.keras_history);
  return isList(value) ? value.map((one) => asPlaces(one, shift)) : value;
}

/** An option of a call, with tensors for the places in it. */
function asTensors(value: unknown, shift: Shift): unknown {
  if (isPlace(value)) return tensorConfig(shift(value), { shape: null, dtype: 'float32' });
  return isList(value) ? value.map((one) => asTensors(one, shift)) : value;
}

function tensorsIn(arg: unknown): TensorConfig[] {
  if (isTensorConfig(arg)) return [arg];
  return typeof arg === 'object' && arg !== null ? Object.values(arg).flatMap(tensorsIn) : [];
}

function mapEnds(config: Config, shift: Shift, whole: (places: unknown) => unknown = (places) => places): Config {
  const change = (places: unknown): unknown => {
    if (isPlace(places)) return shift(places);
    if (isList(places)) return places.map(change);
    if (typeof places !== 'object' || places === null) return places;
    return Object.fromEntries(Object.entries(places).map(([key, value]) => [key, change(value)]));
  };
  const ends = ['input_layers', 'output_layers'].filter((key) => config[key] !== undefined);
  return Object.fromEntries(ends.map((key) => [key, whole(change(config[key]))]));
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
