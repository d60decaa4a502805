import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import { HeadedAttention } from '../layers/attention/headed-attention.js';
import type { Layer } from '../layers/layer.js';
import { type Dialect, fromKeras2Config, hasKeras3Activation, type ModelConfig } from '../models/config-dialect.js';
import { type LoadWeightsOptions, registerFormat, type SaveOptions } from '../models/formats.js';
import { Model } from '../models/model.js';
import { readH5, writeH5 } from './hdf5/container.js';
import { type KerasH5, type StoredWeight, withKerasH5, writeKerasH5 } from './hdf5/keras-h5.js';
import { checkWritable } from './hdf5/replace-file.js';
import { restoreTree, writeTree } from './hdf5/weights-h5.js';
import { restoreState } from './keras-archive.js';
import {
  checkBuilt,
  compileFrom,
  configOf,
  layerWeights,
  modelFrom,
  optimizerWeights,
  restoreLayers,
  restoreOptimizer,
  trainingOf,
} from './keras-model.js';

const DIALECTS: readonly Dialect[] = ['keras2', 'keras3'];

export interface SaveH5Options extends SaveOptions {
  /** Leave out architecture and training state. */
  weightsOnly?: boolean;
}

/**
 * Saves a model as a Keras HDF5 file: architecture, weights, and, once trained, compile options and optimizer state.
 *
 * @throws ERR_NOT_WRITABLE; the file that was there stays whole. ERR_NOT_BUILT for a model without weights
 * @example
 * await saveH5(model, 'cifar_model.h5');
 */
export async function saveH5(
  model: Model,
  path: string,
  { dialect = dialectFor(model), weightsOnly = false }: SaveH5Options = {},
): Promise<void> {
  if (!DIALECTS.includes(dialect)) throw unknownName('dialect', String(dialect), DIALECTS);
  checkBuilt(model);
  await writeKerasH5(path, {
    dialect,
    weightsOnly,
    modelConfig: weightsOnly ? null : configOf(model),
    trainingConfig: weightsOnly ? null : trainingOf(model),
    layers: model.layers.map((layer) => ({ name: layer.name, weights: layerWeights(layer, dialect) })),
    optimizerWeights: weightsOnly ? [] : optimizerWeights(model, dialect),
  });
}

/** Optimizers that Keras 2 does not have, or does not keep all the state of. */
const KERAS3_OPTIMIZERS: readonly string[] = ['Lamb', 'LossScaleOptimizer', 'Muon', 'Nadam', 'ScheduleFreeAdamW'];

/**
 * The dialect that most programs read. Keras 3 understands neither how Keras 2 counts the calls of inner models, nor all
 * the options that its attention needs.
 */
function dialectFor(model: Model): Dialect {
  const isNew =
    (model.isCompiled && KERAS3_OPTIMIZERS.includes(model.optimizer.className)) || hasKeras3Activation(configOf(model));
  const isOdd = (layer: Layer): boolean => layer instanceof Model || layer instanceof HeadedAttention;
  return isNew || model.graph.some(({ layer }) => isOdd(layer)) ? 'keras3' : 'keras2';
}

/** A model from a Keras HDF5 file of either dialect, ready to predict and, where the file says how, to train on. */
export async function loadH5(path: string): Promise<Model> {
  return withKerasH5(path, async (file) => {
    if (!file.modelConfig) {
      throw new TensorFlowError(
        'ERR_FILE_FORMAT',
        `'${path}' holds weights only; build the model and call model.loadWeights(path).`,
      );
    }
    const model = modelFrom(path, commonConfig(file.modelConfig, file.kerasVersion));
    try {
      await restore(path, model, file);
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  });
}

/** Files that do not say which Keras wrote them are older than those that do. */
function commonConfig(model: ModelConfig, version = '2'): ModelConfig {
  return version.startsWith('3') ? model : { ...model, config: fromKeras2Config(model.config) };
}

async function restore(path: string, model: Model, file: KerasH5<StoredWeight['data']>): Promise<void> {
  const { layers, trainingConfig, optimizerWeights: state } = file;
  await restoreLayers(path, model, layers);
  if (trainingConfig) compileFrom(path, model, trainingConfig);
  if (model.isCompiled && state.length > 0 && !(await restoreOptimizer(model, state))) {
    process.emitWarning(`'${path}': the optimizer's state does not fit and starts anew.`);
  }
}

/** Sets a model's weights from an HDF5 file with a list of layers, as Keras 2 has it. */
export async function loadH5Weights(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  await withKerasH5(path, ({ layers }) => restoreLayers(path, model, layers, options));
}

/** Sets a model's weights from an HDF5 file with a tree of layers, Keras 3's `.weights.h5`. */
export async function loadWeightsH5(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  await readH5(path, async (file) => {
    await restoreTree(file, path, model, options);
    await restoreState(file, path, model);
  });
}

/** Saves the weights, and the optimizer's state, as Keras 3's `.weights.h5`. */
export async function saveWeightsH5(model: Model, path: string): Promise<void> {
  checkBuilt(model);
  await writeH5(path, (file) => writeTree(file, model));
}

for (const extension of ['.h5', '.hdf5']) {
  registerFormat({
    extension,
    save: saveH5,
    saveWeights: (model, path, options) => saveH5(model, path, { ...options, weightsOnly: true }),
    checkWritable,
  });
}
registerFormat({ extension: '.weights.h5', saveWeights: saveWeightsH5, checkWritable });
