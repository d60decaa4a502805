import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import type { Dialect } from '../models/config-dialect.js';
import { deserialize } from '../models/deserialize.js';
import { type ModelFormat, registerFormat, type SaveOptions } from '../models/formats.js';
import { Model } from '../models/model.js';
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
  if (!model.built) {
    throw new TensorFlowError(
      'ERR_NOT_BUILT',
      `Model '${model.name}' has no weights to save; give its first layer an inputShape, or use it once.`,
    );
  }
  await writeKerasH5(path, {
    dialect,
    weightsOnly,
    modelConfig: weightsOnly ? null : configOf(model),
    trainingConfig: weightsOnly ? null : trainingOf(model),
    layers: model.layers.map((layer) => ({ name: layer.name, weights: layerWeights(layer, dialect) })),
    optimizerWeights: weightsOnly ? [] : optimizerWeights(model, dialect),
  });
}

/** The dialect that most programs read: Keras 3 does not understand how Keras 2 counts the calls of inner models. */
function dialectFor(model: Model): Dialect {
  return model.graph.some(({ layer }) => layer instanceof Model) ? 'keras3' : 'keras2';
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
