import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DType, dtypeBytes, type TypedArray } from '../../core/dtype.js';
import { fromBfloat16, fromFloat16 } from '../../core/half.js';
import { makeFolder } from '../../core/make-folder.js';
import { sizeOf } from '../../core/shape.js';
import type { Variable } from '../../core/variable.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { checkOptions, unknownName } from '../../errors/suggest.js';
import { registerFormat } from '../../models/formats.js';
import type { Model } from '../../models/model.js';
import { bytesOf, namedArrays } from '../arrays/named-arrays.js';
import { checkWritable, replaceFile } from '../hdf5/replace-file.js';
import { toKerasTrainingConfig } from '../hdf5/training-dialect.js';
import { checkBuilt, configOf, trainingOf } from '../keras-model.js';
import { toTfjsConfig } from './config.js';
import { jsonFileOf, MODEL_JSON } from './load.js';
import { isRecord, type ManifestWeight } from './manifest.js';
import { QUANTIZED_BYTES, type QuantizedType, quantize } from './quantization.js';
import { removeShards, SHARD_NAME, writeShards } from './shards.js';
import { strangersIn } from './strangers.js';
import { weightNames } from './weight-names.js';

const KERAS_VERSION = '2.15.0';
const QUANTIZED = Object.keys(QUANTIZED_BYTES) as QuantizedType[];

/** tfjs' dtype for one of ours, and how values get it. */
const STORED: Readonly<Partial<Record<DType, { as: ManifestWeight['dtype']; convert?: (bits: number) => number }>>> = {
  float32: { as: 'float32' },
  float16: { as: 'float32', convert: fromFloat16 },
  bfloat16: { as: 'float32', convert: fromBfloat16 },
  int32: { as: 'int32' },
  bool: { as: 'bool' },
};

export interface SaveTfjsOptions {
  /**
   * What float32 weights are kept as: `uint8` and `uint16` are steps between a weight's smallest and largest value,
   * `float16` half floats; files get a fourth or half the size. Default: as they are.
   */
  quantization?: QuantizedType;
}

/**
 * Saves a model for tfjs, which reads it by `tf.loadLayersModel`: a `model.json` and, beside it, weights in files of
 * 4 MiB. What the model was compiled with is kept for {@link loadModel}, the optimizer's state is not. A warning
 * names layers and options that tfjs does not have, or takes for something else.
 *
 * @param path of the `model.json`, or of a folder for it, which is made
 * @throws ERR_NOT_WRITABLE; the model that was there stays whole. ERR_NOT_BUILT for a model without weights, ERR_DTYPE for
 * weights that tfjs does not have, ERR_ARGUMENT where two have the same name, or for
 * Keras 3's hardSigmoid, which is another function there
 * @example
 * await saveTfjs(model, 'public/model', { quantization: 'uint8' });
 */
export async function saveTfjs(model: Model, path: string, options: SaveTfjsOptions = {}): Promise<void> {
  checkOptions('saveTfjs', options, ['quantization']);
  const { quantization } = options;
  if (quantization !== undefined && !QUANTIZED.includes(quantization)) {
    throw unknownName('quantization', String(quantization), QUANTIZED);
  }
  checkBuilt(model);
  const target = jsonFileOf(path);
  const weights = storable(model, quantization);
  const modelTopology = topologyOf(model);
  await checkTarget(target);
  const folder = dirname(target);
  const before = await shardsNamedIn(target);
  const bytes = weights.reduce((sum, weight) => sum + weight.bytes, 0);
  const specs: ManifestWeight[] = [];
  const after = await writeShards(folder, bytes, encode(weights, specs), (paths) => {
    const weightsManifest = [{ paths, weights: specs }];
    const header = { format: 'layers-model', generatedBy: 'libtensorflow-node', convertedBy: null };
    const json = JSON.stringify({ ...header, modelTopology, weightsManifest });
    return replaceFile(target, (temporary) => writeFile(temporary, json, { flag: 'wx' }));
  });
  await removeShards(folder, before.filter((name) => !after.includes(name))); // biome-ignore format: short
}

/** Moves a model that {@link saveTfjs} wrote to where another may be, which is whole until its `model.json` is replaced. */
export async function moveTfjs(made: string, path: string): Promise<void> {
  const [source, target] = [jsonFileOf(made), jsonFileOf(path)];
  await checkTarget(target);
  const [before, after] = [await shardsNamedIn(target), await shardsNamedIn(source)];
  for (const name of after) await rename(join(dirname(source), name), join(dirname(target), name));
  await replaceFile(target, (temporary) => rename(source, temporary));
  await removeShards(dirname(target), before.filter((name) => !after.includes(name))); // biome-ignore format: short
}

/** As Keras' `.h5` files have it, which tfjs' converter takes over whole. */
function topologyOf(model: Model): Record<string, unknown> {
  const training = trainingOf(model);
  const config = toTfjsConfig(configOf(model));
  const strangers = strangersIn(config);
  if (strangers.length > 0) {
    process.emitWarning(
      `Model '${model.name}': tfjs itself does not have, or reads otherwise: ${strangers.join(', ')}.`,
    );
  }
  return {
    keras_version: KERAS_VERSION,
    backend: 'tensorflow',
    model_config: config,
    ...(training && { training_config: toKerasTrainingConfig('keras2', training) }),
  };
}

/** A weight on its way into the files. */
interface Storable {
  readonly name: string;
  readonly variable: Variable;
  readonly dtype: ManifestWeight['dtype'];
  readonly convert: ((bits: number) => number) | undefined;
  readonly quantization: QuantizedType | undefined;
  readonly bytes: number;
}

function storable(model: Model, quantization: QuantizedType | undefined): Storable[] {
  const theirs = new Map(weightNames(model).map((name) => [name.ours, name.theirs]));
  const seen = new Set<string>();
  return namedArrays(model).map(({ name: ours, variable }) => {
    const name = theirs.get(ours) ?? ours;
    if (seen.has(name)) {
      const message = `Two weights are named '${name}', which tfjs cannot tell apart; give their layers different names.`;
      throw new TensorFlowError('ERR_ARGUMENT', message);
    }
    seen.add(name);
    const stored = STORED[variable.dtype];
    if (!stored) throw new TensorFlowError('ERR_DTYPE', `'${name}' is ${variable.dtype}, which tfjs does not have.`);
    const quantized = stored.as === 'float32' ? quantization : undefined;
    const bytes = sizeOf(variable.shape) * (quantized ? QUANTIZED_BYTES[quantized] : dtypeBytes(stored.as));
    return { name, variable, dtype: stored.as, convert: stored.convert, quantization: quantized, bytes };
  });
}

/** The weights' bytes, one after the other, and what the manifest says of each. */
async function* encode(weights: readonly Storable[], specs: ManifestWeight[]): AsyncGenerator<Uint8Array> {
  for (const { name, variable, dtype, convert, quantization } of weights) {
    const value = (await variable.value()).dataSync() as TypedArray;
    const data = convert ? Float32Array.from(value as Uint16Array, convert) : value;
    const spec = { name, shape: [...variable.shape], dtype };
    if (quantization) {
      const small = quantize(name, data as Float32Array, quantization);
      specs.push({ ...spec, quantization: small.quantization });
      yield small.bytes;
    } else {
      specs.push(spec);
      yield bytesOf(data);
    }
  }
}

/** The files of weights that a `model.json` names; none where it is not there. */
async function shardsNamedIn(path: string): Promise<string[]> {
  try {
    const json: unknown = JSON.parse(await readFile(path, 'utf8'));
    const groups = isRecord(json) && Array.isArray(json.weightsManifest) ? json.weightsManifest : [];
    return groups.flatMap((group) => group?.paths ?? []).filter((name) => SHARD_NAME.test(name));
  } catch {
    return [];
  }
}

async function checkTarget(path: string): Promise<void> {
  await makeFolder(dirname(path)).catch((cause) => {
    throw new TensorFlowError('ERR_NOT_WRITABLE', `'${path}' cannot be written: ${messageOf(cause)}.`, { cause });
  });
  await checkWritable(path);
}

registerFormat({ extension: MODEL_JSON, save: (model, path) => saveTfjs(model, path), checkWritable: checkTarget });
