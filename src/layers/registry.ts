import { camelCase, plainName } from '../core/naming.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { Layer, LayerOptions } from './layer.js';

/** A layer class: what files name it, and how it is made. */
export interface LayerClass {
  readonly className: string;
  new (options: never): Layer;
  /** For classes that are not made from their config alone. */
  fromConfig?(config: Readonly<Record<string, unknown>>): Layer;
}

/** A layer as Keras files write it. */
export interface LayerConfig {
  class_name: string;
  config: Readonly<Record<string, unknown>>;
}

const classes = new Map<string, LayerClass>();
const libraryClasses = new WeakSet<object>();

/** Makes layer classes of the library known to files. */
export function registerLibraryLayer(...layers: readonly LayerClass[]): void {
  for (const layer of layers) libraryClasses.add(layer);
  registerLayer(...layers);
}

/**
 * Makes a layer class known to files.
 *
 * @example
 * registerLayer(Scale);
 */
export function registerLayer(...layers: readonly LayerClass[]): void {
  for (const layer of layers) classes.set(plainName(layer.className), layer);
}

/** Whether a layer is of a class of the library, whose config says all that it does. */
export function isLibraryLayer(layer: Layer): boolean {
  return libraryClasses.has(layer.constructor);
}

/** Class names of all layers that files can contain. */
export function layerNames(): string[] {
  return [...classes.values()].map((c) => c.className).sort();
}

/**
 * Makes a layer from its Keras config.
 *
 * @throws ERR_UNKNOWN_NAME for a class nobody registered, with the nearest one
 * @example
 * deserialize({ class_name: 'Dense', config: { units: 2, activation: 'softmax' } });
 */
export function deserialize(layer: LayerConfig): Layer {
  const { class_name: className, config } = layer ?? {};
  if (typeof className !== 'string' || typeof config !== 'object' || config === null) {
    const got = JSON.stringify(layer) ?? 'undefined';
    throw new TensorFlowError('ERR_ARGUMENT', `deserialize takes { class_name, config } of a layer, got ${got}.`);
  }
  const found = classes.get(plainName(className.replace(/^.*>/, '')));
  if (!found) throw unknownName('layer', className, layerNames());
  return found.fromConfig?.(config) ?? new found(optionsFromConfig(config) as LayerOptions as never);
}

/** The layer as Keras 3 files write it. */
export function serialize(layer: Layer): LayerConfig & Record<string, unknown> {
  const { className } = layer.constructor as typeof Layer;
  return {
    module: 'keras.layers',
    class_name: className,
    config: layer.getConfig(),
    registered_name: null,
    ...(layer.inputShape ? { build_config: { input_shape: layer.inputShape } } : {}),
  };
}

/** Keras' config keys as our option names. */
function optionsFromConfig(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value]));
}
