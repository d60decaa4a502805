import { TensorFlowError } from '../errors/errors.js';
import type { Dialect } from '../models/config-dialect.js';
import { deserialize } from '../models/deserialize.js';
import { type ModelFormat, registerFormat } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { readKerasH5, writeKerasH5 } from './hdf5/keras-h5.js';
import { checkWritable } from './hdf5/replace-file.js';
import {
  compileFrom,
  configOf,
  layerWeights,
  optimizerWeights,
  restoreLayers,
  restoreOptimizer,
  trainingOf,
} from './keras-model.js';

export interface SaveH5Options {
  /** `keras2` (default) is read by every Keras; `keras3` has Keras 3's names. */
  dialect?: Dialect;
  /** Leave out architecture and training state. */
  weightsOnly?: boolean;
}

/**
 * Saves a model as a Keras HDF5 file: architecture, weights, and, once trained, compile options and optimizer state.
 *
 * @throws ERR_NOT_WRITABLE; the file that was there stays whole
 * @example
 * await saveH5(model, 'cifar_model.h5');
 */
export async function saveH5(
  model: Model,
  path: string,
  { dialect = 'keras2', weightsOnly = false }: SaveH5Options = {},
): Promise<void> {
  await writeKerasH5(path, {
    dialect,
    weightsOnly,
    modelConfig: weightsOnly ? null : configOf(model),
    trainingConfig: weightsOnly ? null : trainingOf(model),
    layers: model.layers.map((layer) => ({ name: layer.name, weights: layerWeights(model, layer, dialect) })) as never,
    optimizerWeights: (weightsOnly ? [] : optimizerWeights(model, dialect)) as never,
  });
}

/** A model from a Keras HDF5 file of either dialect, ready to predict and, where the file says how, to train on. */
export async function loadH5(path: string): Promise<Model> {
  const file = await readKerasH5(path);
  if (!file.modelConfig) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `'${path}' holds weights only; build the model and call model.loadWeights(path).`,
    );
  }
  const model = deserialize(file.modelConfig);
  await restoreLayers(path, model, file.layers);
  if (file.trainingConfig) compileFrom(model, file.trainingConfig);
  if (model.isCompiled && file.optimizerWeights.length > 0 && !(await restoreOptimizer(model, file.optimizerWeights))) {
    process.emitWarning(`'${path}': the optimizer's state does not fit and starts anew.`);
  }
  return model;
}

/** `.h5` and `.hdf5`, as `model.save` finds them. */
const format: Omit<ModelFormat, 'extension'> = {
  save: saveH5,
  loadWeights: async (model, path) => restoreLayers(path, model, (await readKerasH5(path)).layers),
  checkWritable,
};

for (const extension of ['.h5', '.hdf5']) registerFormat({ ...format, extension });
