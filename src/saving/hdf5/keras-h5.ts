import type { DType, TypedArray } from '../../core/dtype.js';
import type { Tensor } from '../../core/tensor.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import {
  type Dialect,
  type ModelConfig,
  normalizeModelConfig,
  type PlainModel,
  toKerasModelConfig,
} from '../../models/config-dialect.js';
import {
  type H5Array,
  type H5Reader,
  type H5Source,
  type H5Writer,
  type ReadOptions,
  readH5,
  writeH5,
} from './container.js';
import { formatPythonJson, parsePythonJson } from './python-json.js';
import { normalizeTrainingConfig, type PlainTraining, toKerasTrainingConfig } from './training-dialect.js';

/**
 * An array of a model or optimizer, with its name as in the file: Keras 3 `cnn/conv1/kernel`, Keras 2 `conv1/kernel:0`.
 * `data` has as many elements as `shape` says, row-major; 16-bit floats are kept as their bits.
 */
export interface KerasWeight<Data = TypedArray> {
  name: string;
  dtype: DType;
  shape: number[];
  data: Data;
}

/** Everything in a legacy Keras HDF5 file (`model.save('x.h5')`, `model.save_weights('x.h5')` of Keras 2). */
export interface KerasH5<Data = TypedArray> {
  kerasVersion?: string;
  backend?: string;
  /** Null in a file of weights only. */
  modelConfig: ModelConfig | null;
  trainingConfig: Record<string, unknown> | null;
  /** All layers in model order, also those without weights; trainable weights come before the others. */
  layers: { name: string; weights: KerasWeight<Data>[] }[];
  /** Weights of a subclassed model itself, outside of its layers; hardly any file has them. */
  topLevelWeights?: KerasWeight<Data>[];
  optimizerWeights: KerasWeight<Data>[];
}

/** Data on writing can be a function, called when its turn comes, so that a model need not be in memory twice. */
export type WeightSource = H5Source['data'];

/** A weight of a file, read when its turn comes. */
export type StoredWeight = KerasWeight<() => Promise<Tensor>>;

export interface KerasH5Source extends Omit<KerasH5<WeightSource>, 'modelConfig' | 'trainingConfig'> {
  /** Of any dialect, or already in the plain form. */
  modelConfig: ModelConfig | PlainModel | null;
  /** Of any dialect, or already in the plain form. */
  trainingConfig: Record<string, unknown> | PlainTraining | null;
  /** `'keras2'` is what most programs read; Keras 3 reads both. */
  dialect: Dialect;
  /** Write `layer_names` at the root and no configs, as the weight files of keras-applications have it. */
  weightsOnly?: boolean;
}

const VERSIONS: Record<Dialect, string> = { keras2: '2.15.0', keras3: '3.15.1' };
const TOP_LEVEL = 'top_level_model_weights';

/**
 * Reads a legacy Keras HDF5 file of either dialect. Configs come as they are in the file
 * (`normalizeModelConfig` and `normalizeTrainingConfig` make one form of the dialects).
 *
 * @throws TensorFlowError `ERR_NOT_READABLE` where there is no such file; `ERR_FILE_FORMAT`, with the place in the file,
 *   where it is damaged or something else
 * @example
 * const { layers } = await readKerasH5('cifar_model.h5');
 * layers[0].weights[0].shape   // [3, 3, 3, 32]
 */
export async function readKerasH5(path: string, options: ReadOptions = {}): Promise<KerasH5> {
  return readH5(path, (file) => readModel(file, (place) => file.array(place)), options);
}

/** As {@link readKerasH5}, with weights that are read when their turn comes, as long as `use` runs. */
export async function withKerasH5<T>(
  path: string,
  use: (model: KerasH5<StoredWeight['data']>) => Promise<T>,
): Promise<T> {
  return readH5(path, async (file) =>
    use(await readModel(file, async (place) => ({ ...(await file.describe(place)), data: () => file.tensor(place) }))),
  );
}

/** An array at a place of the file. */
type ReadArray<Data> = (place: string) => Promise<Omit<H5Array, 'data'> & { data: Data }>;

async function readModel<Data>(file: H5Reader, read: ReadArray<Data>): Promise<KerasH5<Data>> {
  const base = await weightsGroup(file);
  const layers = [];
  for (const name of (await file.names(base, 'layer_names')) ?? []) {
    layers.push({ name, weights: await weightsOf(file, join(base, name), read) });
  }
  const top = join(base, TOP_LEVEL);
  const topLevelWeights = (await file.has(top)) ? await weightsOf(file, top, read) : [];
  const optimizer = '/optimizer_weights';
  const kerasVersion = await attribute(file, base, 'keras_version');
  const backend = await attribute(file, base, 'backend');
  return {
    ...(kerasVersion !== undefined && { kerasVersion }),
    ...(backend !== undefined && { backend }),
    modelConfig: await modelConfigOf(file),
    trainingConfig: await jsonOf(file, 'training_config'),
    layers,
    ...(topLevelWeights.length > 0 && { topLevelWeights }),
    optimizerWeights: (await file.has(optimizer)) ? await weightsOf(file, optimizer, read) : [],
  };
}

function join(base: string, name: string): string {
  return base === '/' ? `/${name}` : `${base}/${name}`;
}

/** Where the layers are: in a group, or at the root of a file of weights only. */
async function weightsGroup(file: H5Reader): Promise<string> {
  for (const base of ['/model_weights', '/']) {
    if ((await file.has(base)) && (await file.names(base, 'layer_names'))) return base;
  }
  throw file.damaged(
    '/',
    'there is no list "layer_names" (a Keras 3 ".weights.h5" file has none: it needs its model to be read)',
  );
}

async function attribute(file: H5Reader, base: string, name: string): Promise<string | undefined> {
  return (await file.text('/', name)) ?? (await file.text(base, name));
}

async function weightsOf<Data>(file: H5Reader, group: string, read: ReadArray<Data>): Promise<KerasWeight<Data>[]> {
  if (!(await file.has(group))) throw file.damaged(group, 'there is no group');
  const weights = [];
  for (const name of (await file.names(group, 'weight_names')) ?? []) {
    const { dtype, shape, data } = await read(join(group, name));
    weights.push({ name, dtype, shape: [...shape], data });
  }
  return weights;
}

async function jsonOf(file: H5Reader, name: string): Promise<Record<string, unknown> | null> {
  const text = await file.text('/', name);
  if (text === undefined) return null;
  try {
    const value = parsePythonJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw file.damaged('/', `attribute "${name}" is not JSON: ${messageOf(error)}`, error);
  }
  throw file.damaged('/', `attribute "${name}" is not a JSON object`);
}

async function modelConfigOf(file: H5Reader): Promise<ModelConfig | null> {
  const json = await jsonOf(file, 'model_config');
  if (json === null) return null;
  const { class_name, config } = json;
  if (typeof class_name === 'string' && config !== undefined) return { ...json, class_name, config };
  throw file.damaged('/', 'attribute "model_config" has no "class_name" and "config"');
}

/**
 * Writes a legacy Keras HDF5 file in the words of one dialect: configs of any dialect are translated, and the names of
 * layer weights brought to its form. `optimizerWeights` must be named and ordered by `optimizerWeightNames`.
 * The old file stays until the new one is complete. The event loop stays free: the library has a thread of its own.
 *
 * 16-bit floats are stored as float32 (h5wasm has no 16-bit type to write), which holds them exactly.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE`, `ERR_SHAPE`, `ERR_DTYPE`, `ERR_ARGUMENT`; what a lazy `data` throws
 */
export async function writeKerasH5(path: string, model: KerasH5Source): Promise<void> {
  const { dialect, weightsOnly = false } = model;
  const base = weightsOnly ? '/' : '/model_weights';
  const config = model.modelConfig && normalizeModelConfig(model.modelConfig);
  const layers = model.layers.map((layer) => ({
    name: layer.name,
    weights: layer.weights.map((weight) => ({ ...weight, name: weightName(dialect, weight.name, config) })),
  }));
  refuseDuplicates(layers);
  await writeH5(path, async (file) => {
    await writeHeader(file, '/', model);
    if (!weightsOnly) {
      if (config) await file.text('/', 'model_config', formatPythonJson(toKerasModelConfig(dialect, config)));
      if (model.trainingConfig) {
        const training = toKerasTrainingConfig(dialect, normalizeTrainingConfig({ ...model.trainingConfig }));
        await file.text('/', 'training_config', formatPythonJson(training));
      }
      await file.group(base);
      await writeHeader(file, base, model);
    }
    const names = layers.map(({ name }) => name);
    await file.names(base, 'layer_names', names);
    for (const layer of layers) await writeWeights(file, join(base, layer.name), layer.weights);
    await writeWeights(file, join(base, TOP_LEVEL), model.topLevelWeights ?? []);
    if (!weightsOnly && model.optimizerWeights.length > 0) {
      await writeWeights(file, '/optimizer_weights', model.optimizerWeights);
    }
  });
}

async function writeHeader(
  file: H5Writer,
  group: string,
  { dialect, kerasVersion, backend }: KerasH5Source,
): Promise<void> {
  const ours = VERSIONS[dialect];
  const sameDialect = kerasVersion?.split('.')[0] === ours.split('.')[0];
  await file.text(group, 'keras_version', sameDialect && kerasVersion ? kerasVersion : ours);
  await file.text(group, 'backend', backend ?? 'tensorflow');
}

async function writeWeights(
  file: H5Writer,
  group: string,
  weights: readonly (H5Source & { name: string })[],
): Promise<void> {
  await file.group(group);
  await file.names(
    group,
    'weight_names',
    weights.map(({ name }) => name),
  );
  for (const weight of weights) await file.array(join(group, weight.name), weight);
}

/** `conv1/kernel:0` in Keras 2; in Keras 3 `conv1/kernel`, with a Sequential's name before it. */
function weightName(dialect: Dialect, name: string, model: PlainModel | null): string {
  const plain = name.replace(/:\d+$/, '');
  const prefix = model?.className === 'Sequential' ? `${model.config.name}/` : '';
  const bare = prefix && plain.startsWith(prefix) ? plain.slice(prefix.length) : plain;
  return dialect === 'keras2' ? `${bare}:0` : `${prefix}${bare}`;
}

function refuseDuplicates(layers: readonly { name: string; weights: readonly { name: string }[] }[]): void {
  const seen = new Set<string>();
  for (const path of layers.flatMap(({ name, weights }) => [
    name,
    ...weights.map((weight) => `${name}/${weight.name}`),
  ])) {
    if (seen.has(path)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `"${path}" is there twice, but names in an HDF5 file must be different.`,
      );
    }
    seen.add(path);
  }
}
