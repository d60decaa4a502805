import * as layers from '../layers/index.js';
import { Layer } from '../layers/layer.js';
import { ARCHIVE_CLASSES, toKerasModelConfig } from '../models/config-dialect.js';
import type { Model } from '../models/model.js';
import { normalizeTrainingConfig, toKerasTrainingConfig } from './hdf5/training-dialect.js';
import { configOf, trainingOf } from './keras-model.js';

type Json = Record<string, unknown>;

/** Where Keras 3 finds its classes of models, and the name they are registered by. */
const MODELS: Readonly<Record<string, { module: string; registered_name: string | null }>> = {
  Sequential: { module: 'keras', registered_name: null },
  Functional: { module: 'keras.src.models.functional', registered_name: 'Functional' },
};

/** Layers that Keras has too; others are somebody's own. */
const BUILT_IN = new Set(Object.values(layers).filter(isLayerClass).map(({ className }) => className)); // biome-ignore format: short

function isLayerClass(value: unknown): value is typeof Layer {
  return typeof value === 'function' && value.prototype instanceof Layer;
}

/** A model as `config.json` has it: as in HDF5, but every object says which module it is from. */
export function archiveConfig(model: Model): Json {
  const training = trainingOf(model);
  const input_shape = model.inputShape;
  return {
    ...(identified(toKerasModelConfig('keras3', configOf(model))) as Json),
    ...(input_shape && { build_config: { input_shape } }),
    ...(training && { compile_config: compileConfig(normalizeTrainingConfig({ ...training })) }),
  };
}

function compileConfig(training: Parameters<typeof toKerasTrainingConfig>[1]): Json {
  const { optimizer_config, loss, metrics, weighted_metrics, ...rest } = toKerasTrainingConfig('keras3', training);
  return {
    optimizer: from('keras.optimizers', optimizer_config),
    loss: from('keras.losses', loss),
    metrics: from('keras.metrics', metrics),
    weighted_metrics: from('keras.metrics', weighted_metrics),
    ...rest,
  };
}

/** Says of serialized objects, in lists and records, which module they are from. */
function from(module: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => from(module, one));
  if (typeof value !== 'object' || value === null) return value;
  if ('class_name' in value) return { module, ...value, registered_name: null };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, from(module, one)]));
}

/** Says of all layers and models where they are from. */
function identified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(identified);
  if (typeof value !== 'object' || value === null) return value;
  const inner: Json = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, identified(one)]));
  const { class_name: name, module = 'keras.layers' } = inner;
  if (typeof name !== 'string' || !('config' in inner) || module !== 'keras.layers') return inner;
  if (name === '__keras_tensor__') return inner;
  return { ...inner, ...(MODELS[name] ?? layerIdentity(name)) };
}

/** One's own classes as Python's `register_keras_serializable()` knows them. */
function layerIdentity(name: string): Json {
  if (BUILT_IN.has(name)) {
    return { module: 'keras.layers', class_name: ARCHIVE_CLASSES[name] ?? name, registered_name: null };
  }
  return {
    module: null,
    class_name: name.replace(/^.*>/, ''),
    registered_name: name.includes('>') ? name : `Custom>${name}`,
  };
}
