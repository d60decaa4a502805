import { messageOf, TensorFlowError } from '../errors/errors.js';
import { keras2Graph, keras3Ends, plainGraph } from './inbound-nodes.js';

/** The two ways of writing a model: Keras 2 (TensorFlow up to 2.15, tf-keras) and Keras 3. */
export type Dialect = 'keras2' | 'keras3';

type Json = Record<string, unknown>;

/** A layer as in `get_config`, and what surrounds it in a functional model. */
export interface PlainLayer {
  class_name: string;
  config: Json;
  name?: string;
  inbound_nodes?: unknown;
}

/**
 * A model in one form for both dialects, in Keras 3's words: initializers, regularizers, constraints and inner layers are
 * `{ class_name, config }`, activations and dtypes strings, an InputLayer has `batch_shape`, and a Sequential whose
 * input shape is known starts with one.
 */
export interface PlainModel {
  className: 'Sequential' | 'Functional';
  config: { name: string; layers: PlainLayer[] } & Json;
}

/** A model as in a file. */
export interface ModelConfig {
  class_name: string;
  config: unknown;
}

/** Keras 2's class names of models. */
const MODELS: Readonly<Record<string, PlainModel['className']>> = {
  Sequential: 'Sequential',
  Functional: 'Functional',
  Model: 'Functional',
};

/** Options that Keras 3 calls differently: class → [Keras 2, Keras 3]. */
const RENAMED: Readonly<Record<string, readonly [string, string]>> = { LeakyReLU: ['alpha', 'negative_slope'] };

/** Options that Keras 3 does not know: an error there, of no effect, or read from elsewhere. */
const KERAS2_ONLY = new Set([
  'batch_input_shape',
  'implementation',
  'time_major',
  'input_length',
  'query_shape',
  'key_shape',
  'value_shape',
  'softmax_robust_masking',
  'rng_type',
]);

/** Options that Keras 2 inherits and does not use, or that only sparse tensors need. */
const KERAS2_UNUSED: Readonly<Record<string, readonly string[]>> = {
  DepthwiseConv1D: ['groups'],
  DepthwiseConv2D: ['groups'],
  Conv1DTranspose: ['groups'],
  Conv2DTranspose: ['groups'],
  Conv3DTranspose: ['groups'],
  SeparableConv1D: ['groups', 'kernel_initializer', 'kernel_regularizer', 'kernel_constraint'],
  SeparableConv2D: ['groups', 'kernel_initializer', 'kernel_regularizer', 'kernel_constraint'],
  SpatialDropout1D: ['noise_shape'],
  SpatialDropout2D: ['noise_shape'],
  SpatialDropout3D: ['noise_shape'],
  CategoryEncoding: ['sparse'],
};

/** Options that Keras 2 does not know. */
const KERAS3_ONLY = new Set([
  'build_config',
  'build_input_shape',
  'input_axes',
  'optional',
  'output_axes',
  'quantization_config',
  'sliding_window',
  'use_gate',
  'zero_output_for_mask',
]);

/** Options that only later versions of Keras 2 know, left out where they say nothing. */
const KERAS2_LATE: Readonly<Record<string, unknown>> = { groups: 1, ragged: false };

/** Options that Keras 2 misses where they are not there. */
const KERAS2_NEEDED: Readonly<Record<string, Json>> = {
  MultiHeadAttention: { query_shape: null, key_shape: null, value_shape: null },
};

/** Recurrent layers and attention have a `seed` only in Keras 3. */
const SEEDLESS = new Set([
  'SimpleRNN',
  'LSTM',
  'GRU',
  'SimpleRNNCell',
  'LSTMCell',
  'GRUCell',
  'ConvLSTM1D',
  'ConvLSTM2D',
  'ConvLSTM3D',
  'Attention',
  'AdditiveAttention',
  'MultiHeadAttention',
]);

/** Keys under which a name of an activation stands. */
const ACTIVATION = /^(recurrent_)?activation$/;

/** Two functions of one name: Keras 2's, and tfjs', has a name of its own here. */
const [HARD_SIGMOID, LEGACY_HARD_SIGMOID] = ['hard_sigmoid', 'legacy_hard_sigmoid'];

/** Which module of Keras an inner object is from, by the end of its key. */
const MODULES: readonly (readonly [RegExp, string])[] = [
  [/_initializer$/, 'keras.initializers'],
  [/_regularizer$/, 'keras.regularizers'],
  [/_constraint$/, 'keras.constraints'],
  [/^(layer|backward_layer|cell|cells)$/, 'keras.layers'],
];

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSerialized(value: unknown): value is { class_name: string; config: unknown } & Json {
  return isObject(value) && typeof value.class_name === 'string' && 'config' in value;
}

/** Builds objects without assignment, so that a key like `__proto__` in a file is a key like any other. */
function mapEntries(object: Json, change: (key: string, value: unknown) => [string, unknown] | null): Json {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => [change(key, value) ?? []].filter(isPair)),
  );
}

function isPair(entry: unknown[]): entry is [string, unknown] {
  return entry.length === 2;
}

function bad(what: string, cause?: unknown): TensorFlowError {
  const message = `The model's configuration cannot be understood: ${what}. Only Sequential and functional models are kept in files.`;
  return new TensorFlowError('ERR_FILE_FORMAT', message, { cause });
}

/** Names of classes in `.keras` archives, where they are others than in HDF5. */
export const ARCHIVE_CLASSES: Readonly<Record<string, string>> = { GroupedQueryAttention: 'GroupQueryAttention' };
const FROM_ARCHIVE = new Map(Object.entries(ARCHIVE_CLASSES).map(([name, archived]) => [archived, name]));

/** `Custom>Conv2D` and the like: the part before the sign names a package. */
function plainClass(className: string): string {
  const name = className.slice(className.lastIndexOf('>') + 1);
  return FROM_ARCHIVE.get(name) ?? name;
}

/** What a file of Keras 2 or tfjs has under a key, in the words that both dialects share. */
export function keras2Option(key: string, value: unknown): unknown {
  return ACTIVATION.test(key) && value === HARD_SIGMOID ? LEGACY_HARD_SIGMOID : value;
}

/** A config in a file of Keras 2, in the words that both dialects share. */
export function fromKeras2Config(config: unknown): unknown {
  if (Array.isArray(config)) return config.map(fromKeras2Config);
  if (!isObject(config)) return config;
  return mapEntries(config, (key, value) => [key, keras2Option(key, fromKeras2Config(value))]);
}

function keras2Activation(value: unknown): unknown {
  if (value === LEGACY_HARD_SIGMOID) return HARD_SIGMOID;
  if (value !== HARD_SIGMOID) return value;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    'Keras 2 and tfjs have no hardSigmoid of Keras 3, relu6(x + 3) / 6; give the layer tf.activations.legacyHardSigmoid, clip(0.2x + 0.5, 0, 1), or another activation, or save in the dialect keras3.',
  );
}

/** Whether a config has an activation that {@link toKeras2ModelConfig} refuses. */
export function hasKeras3Activation(config: unknown): boolean {
  if (Array.isArray(config)) return config.some(hasKeras3Activation);
  if (!isObject(config)) return false;
  return Object.entries(config).some(
    ([key, value]) => (ACTIVATION.test(key) && value === HARD_SIGMOID) || hasKeras3Activation(value),
  );
}

/**
 * Brings a `model_config` of Keras 2 or Keras 3 into one form.
 *
 * @throws TensorFlowError `ERR_FILE_FORMAT`
 */
export function normalizeModelConfig(model: ModelConfig | PlainModel): PlainModel {
  if (typeof model !== 'object' || model === null) throw bad(`it is ${String(model)}, not an object`);
  try {
    return plainModel('className' in model ? model.className : model.class_name, model.config);
  } catch (error) {
    // Why: a hostile file nests deeper than the stack is.
    if (error instanceof RangeError) throw bad(messageOf(error), error);
    throw error;
  }
}

function plainModel(name: string, config: unknown): PlainModel {
  const className = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
  if (!className) throw bad(`its class is "${name}"`);
  // Keras up to 2.2 wrote a Sequential as the bare list of its layers.
  const whole: Json = Array.isArray(config) ? { layers: config } : isObject(config) ? config : {};
  const given = whole.layers;
  if (!Array.isArray(given)) throw bad('it has no list "layers"');
  const listed = given.map(plainLayer);
  const { name: own, trainable, dtype, layers: _, build_input_shape, ...more } = whole;
  const { layers, ends } =
    className === 'Sequential'
      ? { layers: withInput(listed, given, build_input_shape), ends: {} }
      : plainGraph(listed, more);
  const rest = { ...more, ...ends };
  return {
    className,
    config: {
      name: typeof own === 'string' ? own : className === 'Sequential' ? 'sequential' : 'model',
      ...(trainable === false && { trainable }),
      layers,
      ...rest,
    },
  };
}

function plainLayer(layer: unknown): PlainLayer {
  if (!isSerialized(layer)) throw bad('a layer has no "class_name" and "config"');
  const { inbound_nodes, name } = layer;
  return {
    ...plainObject(layer),
    ...(typeof name === 'string' && { name }),
    ...(inbound_nodes !== undefined && { inbound_nodes }),
  };
}

/** Keras 2 may have the input shape in the first layer only, and a Sequential built late has it beside its layers. */
function withInput(layers: PlainLayer[], given: unknown[], built: unknown): PlainLayer[] {
  const [first] = layers;
  if (!first || first.class_name === 'InputLayer') return layers;
  const source = (given[0] as { config: Json }).config;
  const batch_shape = source.batch_input_shape ?? source.batch_shape ?? built;
  if (!Array.isArray(batch_shape)) return layers;
  const dtype = source.dtype;
  const config = {
    batch_shape,
    dtype: first.class_name === 'Embedding' ? 'int32' : typeof dtype === 'string' ? dtype : 'float32',
    name: `${first.config.name ?? 'input'}_input`,
  };
  return [{ class_name: 'InputLayer', config }, ...layers];
}

/** A layer, initializer, regularizer, constraint or inner model. */
function plainObject(object: { class_name: string; config: unknown }): { class_name: string; config: Json } {
  const class_name = plainClass(object.class_name);
  if (Object.hasOwn(MODELS, class_name)) {
    const { className, config } = plainModel(class_name, object.config);
    return { class_name: className, config };
  }
  if (!isObject(object.config)) throw bad(`the config of "${class_name}" is not an object`);
  const [old, renamed] = Object.hasOwn(RENAMED, class_name) ? (RENAMED[class_name] ?? []) : [];
  const unused = Object.hasOwn(KERAS2_UNUSED, class_name) ? KERAS2_UNUSED[class_name] : undefined;
  const config = mapEntries(object.config, (key, value) => {
    if (unused?.includes(key)) return null;
    if (key === 'batch_input_shape' && class_name === 'InputLayer') return ['batch_shape', value];
    if (KERAS2_ONLY.has(key)) return null;
    if (key === old && renamed) return [renamed, value];
    if (key === 'axis' && class_name === 'BatchNormalization') return [key, onlyOne(value)];
    return [key, plainValue(key, value)];
  });
  return { class_name, config };
}

/** Keras 2 writes the axis of a BatchNormalization as a list of one. */
function onlyOne(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}

function plainValue(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plainValue(key, item));
  if (!isSerialized(value)) return value;
  // Functions, mostly activations: { class_name: 'function', config: 'relu' }.
  if (typeof value.config === 'string') return value.config;
  if (key === 'dtype') return policyName(value);
  const plain = plainObject(value);
  // TensorFlow 1 wrote a dtype into its initializers, which no later version takes.
  if (key.endsWith('_initializer'))
    return { ...plain, config: mapEntries(plain.config, (k, v) => (k === 'dtype' ? null : [k, v])) };
  return plain;
}

/** `DTypePolicy` of Keras 3, `Policy` of Keras 2; other policies (quantized ones) stay objects. */
function policyName(policy: { class_name: string; config: unknown }): unknown {
  const name = isObject(policy.config) ? policy.config.name : undefined;
  return /^(DType)?Policy$/.test(policy.class_name) && typeof name === 'string' ? name : policy;
}

/** A model in the words of one dialect, as its `model_config` has it. */
export function toKerasModelConfig(dialect: Dialect, model: PlainModel): ModelConfig {
  return dialect === 'keras2' ? toKeras2ModelConfig(model) : toKeras3ModelConfig(model);
}

/**
 * As tf-keras and TensorFlow up to 2.15 write it; Keras 3 reads it too, but for recurrent and shared nested layers.
 *
 * @throws ERR_ARGUMENT for Keras 3's hardSigmoid
 */
export function toKeras2ModelConfig(model: PlainModel): ModelConfig {
  return { class_name: model.className, config: keras2Model(model.className, model.config) };
}

function keras2Model(className: string, { name, layers: given, ...rest }: PlainModel['config']): Json {
  const { layers, ends } = className === 'Functional' ? keras2Graph(given, rest) : { layers: given, ends: {} };
  return {
    name,
    ...(className === 'Functional' && { trainable: true }),
    ...rest,
    ...ends,
    layers: layers.map((layer) => ({ ...layer, ...keras2Object(layer, '') })),
  };
}

/** Why by class: `groups: 1` is no default for a GroupNormalization. */
function saysNothing(className: string, key: string, value: unknown): boolean {
  if (!Object.hasOwn(KERAS2_LATE, key) || KERAS2_LATE[key] !== value) return false;
  return key !== 'groups' || /Conv/.test(className);
}

function keras2Object(object: { class_name: string; config: Json }, module: string): Json {
  const { class_name } = object;
  if (Object.hasOwn(MODELS, class_name))
    return { class_name, config: keras2Model(class_name, object.config as PlainModel['config']) };
  const [old, renamed] = Object.hasOwn(RENAMED, class_name) ? (RENAMED[class_name] ?? []) : [];
  const config = mapEntries(object.config, (key, value) => {
    if (KERAS3_ONLY.has(key) || (key === 'seed' && SEEDLESS.has(class_name))) return null;
    if (saysNothing(class_name, key, value)) return null;
    if (key === 'batch_shape') return ['batch_input_shape', value];
    if (key === renamed && old) return [old, value];
    if (ACTIVATION.test(key)) return [key, keras2Activation(value)];
    if (key === 'axis' && class_name === 'BatchNormalization') return [key, [value].flat()];
    return [key, inner(key, value, keras2Object)];
  });
  const needed = Object.hasOwn(KERAS2_NEEDED, class_name) ? KERAS2_NEEDED[class_name] : undefined;
  const whole = { ...config, ...needed };
  return module ? { module, class_name, config: whole, registered_name: null } : { class_name, config: whole };
}

/** As Keras 3 writes it into HDF5. Keras 2 does not read it. */
export function toKeras3ModelConfig({ className, config }: PlainModel): ModelConfig {
  return { class_name: className, config: keras3Model(className, config) };
}

function keras3Model(className: string, { name, layers, trainable = true, ...rest }: PlainModel['config']): Json {
  const sequential = className === 'Sequential';
  const input = layers[0]?.class_name === 'InputLayer' ? layers[0].config.batch_shape : undefined;
  return {
    name,
    trainable,
    ...(sequential && { dtype: policy('float32') }),
    layers: layers.map((layer) => ({ ...layer, ...keras3Object(layer, '') })),
    ...(sequential && input !== undefined && { build_input_shape: input }),
    ...rest,
    ...(!sequential && keras3Ends(layers, rest)),
  };
}

function keras3Object(object: { class_name: string; config: Json }, module: string): Json {
  const { class_name } = object;
  if (Object.hasOwn(MODELS, class_name)) {
    return { class_name, config: keras3Model(class_name, object.config as PlainModel['config']) };
  }
  const config = mapEntries(object.config, (key, value) => {
    if (key === 'dtype' && typeof value === 'string' && class_name !== 'InputLayer') return [key, policy(value)];
    return [key, inner(key, value, keras3Object)];
  });
  return module ? { module, class_name, config, registered_name: null } : { class_name, config };
}

function policy(name: string): Json {
  return { module: 'keras', class_name: 'DTypePolicy', config: { name }, registered_name: null };
}

/** Translates the objects inside a config and says which module they are from. */
function inner(
  key: string,
  value: unknown,
  translate: (object: { class_name: string; config: Json }, module: string) => Json,
): unknown {
  if (Array.isArray(value)) return value.map((item) => inner(key, item, translate));
  if (!isSerialized(value) || !isObject(value.config)) return value;
  const module = MODULES.find(([end]) => end.test(key))?.[1];
  return module ? translate({ class_name: value.class_name, config: value.config }, module) : value;
}
