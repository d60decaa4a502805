import { snakeCase } from '../../core/naming.js';
import { keras2Option, type ModelConfig, type PlainModel, toKeras2ModelConfig } from '../../models/config-dialect.js';
import { isRecord } from './manifest.js';

type Json = Record<string, unknown>;

/** tfjs' names of classes, where they are others than Keras'. */
const CLASSES = new Map([
  ['Functional', 'Model'],
  ['LecunNormal', 'LeCunNormal'],
  ['LecunUniform', 'LeCunUniform'],
]);

/** Regularizers that tfjs has no class for, and what makes them the one it has. */
const REGULARIZERS = new Map<unknown, Json>([
  ['L1', { l2: 0 }],
  ['L2', { l1: 0 }],
]);

/** Keys that say nothing there; of a layer in two directions it makes the second. */
const NOT_IN_TFJS = new Set(['module', 'registered_name', 'backward_layer']);

/** tfjs' names of activations. */
const ACTIVATIONS = new Map([['silu', 'swish']]);

/** tfjs, like Keras up to 2.2, has one normal distribution to scale. */
const DISTRIBUTIONS = new Map([
  ['truncated_normal', 'normal'],
  ['untruncated_normal', 'normal'],
]);

/** Keras' names of tfjs' optimizers and their options, where they are others; null for an option without effect. */
const OPTIMIZERS = new Map<unknown, { class_name: string; options: Readonly<Record<string, string | null>> }>([
  ['Momentum', { class_name: 'SGD', options: { use_nesterov: 'nesterov' } }],
  ['RMSProp', { class_name: 'RMSprop', options: { decay: 'rho' } }],
  ['Adamax', { class_name: 'Adamax', options: { decay: null } }],
]);

/** Keys under which a name of an activation stands. */
const ACTIVATION = /^(recurrent_)?activation$/;

/** Options that tfjs writes as null where nothing was given. */
const UNSET = new Set(['unit_forget_bias', 'implementation']);

/** A model's configuration as Keras 2 has it, from what tfjs or its converter wrote. */
export function fromTfjsConfig({ class_name, config }: ModelConfig): ModelConfig {
  return { class_name, config: mapDeep(config, (key, value) => readOption(key, value)) };
}

function readOption(key: string, value: unknown): [string, unknown] | null {
  const name = snakeCase(key);
  if (value === null && UNSET.has(name)) return null;
  if (name === 'distribution' && value === 'normal') return [name, 'truncated_normal'];
  return [name, keras2Option(name, value)];
}

/** A model's configuration in tfjs' words. */
export function toTfjsConfig(model: PlainModel): ModelConfig {
  const { class_name, config } = mapDeep(toKeras2ModelConfig(model), writeOption) as Json;
  return { class_name: CLASSES.get(String(class_name)) ?? String(class_name), config };
}

function writeOption(key: string, value: unknown): [string, unknown] | null {
  if (NOT_IN_TFJS.has(key)) return null;
  if (key === 'layer' && isRecord(value)) return [key, withoutDirection(value)];
  if (key === 'class_name') return [key, CLASSES.get(String(value)) ?? value];
  if (key === 'axis' && Array.isArray(value) && value.length === 1) return [key, value[0]];
  if (key === 'distribution') return [key, DISTRIBUTIONS.get(String(value)) ?? value];
  if (ACTIVATION.test(key)) return [key, ACTIVATIONS.get(String(value)) ?? value];
  if (key.endsWith('_regularizer') && isRecord(value)) return [key, regularizer(value)];
  return [key, value];
}

/** tfjs names the two directions of a layer itself, from its name. */
function withoutDirection(layer: Json): Json {
  const config = isRecord(layer.config) ? layer.config : {};
  return { ...layer, config: { ...config, name: String(config.name).replace(/^forward_/, '') } };
}

function regularizer({ class_name, config }: Json): Json {
  const missing = REGULARIZERS.get(class_name);
  if (!missing) return { class_name, config };
  return { class_name: 'L1L2', config: { ...missing, ...(isRecord(config) ? config : {}) } };
}

/** What a model was compiled with as Keras 2 has it, from what tfjs wrote. */
export function fromTfjsTraining(training: Json): Json {
  const { optimizer_config: optimizer } = training;
  if (!isRecord(optimizer) || !isRecord(optimizer.config)) return training;
  const known = OPTIMIZERS.get(optimizer.class_name);
  const renamed = new Map(Object.entries(known?.options ?? {}));
  const config = Object.entries(optimizer.config).flatMap(([key, value]) => {
    // Why the digit: `beta1` is `beta_1` in Keras.
    const name = snakeCase(key).replace(/^(beta)(\d)$/, '$1_$2');
    const keras = renamed.get(name);
    return keras === null ? [] : [[keras ?? name, value]];
  });
  return {
    ...training,
    optimizer_config: { class_name: known?.class_name ?? optimizer.class_name, config: Object.fromEntries(config) },
  };
}

/** JSON with other entries in all its objects; null leaves one out. */
function mapDeep(value: unknown, change: (key: string, value: unknown) => [string, unknown] | null): unknown {
  if (Array.isArray(value)) return value.map((one) => mapDeep(one, change));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => change(key, one));
  return Object.fromEntries(entries.flatMap((entry) => (entry ? [[entry[0], mapDeep(entry[1], change)]] : [])));
}
