import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { type LoadWeightsOptions, registerWeightsLoader } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { loadNpz } from './arrays/npz.js';
import { loadSafetensors } from './arrays/safetensors.js';
import { loadCheckpointWeights } from './checkpoint-weights.js';
import { loadFrozenGraph } from './frozen-graph.js';
import { loadH5, loadH5Weights, loadWeightsH5 } from './h5-format.js';
import { loadKeras, loadKerasWeights } from './keras-archive.js';
import { type FileKind, recognise } from './recognise.js';
import { loadSavedModel, type SavedModelOptions } from './saved-model-load.js';
import { loadTfjs, loadTfjsWeights } from './tfjs/load.js';

/** How to take a graph that does not say what its inputs and outputs are, or says several things. */
export interface LoadModelOptions extends SavedModelOptions {
  /** Nodes or tensors where data enters a frozen graph, or a SavedModel. Default: its placeholders. */
  inputs?: readonly string[];
  /** Nodes or tensors to predict. Default: what nothing else in the graph takes. */
  outputs?: readonly string[];
}

interface Loader {
  /** Left out where there are weights only. */
  load?(path: string, options: LoadModelOptions): Promise<Model>;
  /** Options of `loadModel` that mean something. */
  readonly options?: readonly (keyof LoadModelOptions)[];
  loadWeights?(model: Model, path: string, options: LoadWeightsOptions): Promise<void>;
}

const OPTIONS: readonly (keyof LoadModelOptions)[] = ['inputs', 'outputs', 'signature', 'tags'];

const LOADERS: Readonly<Record<FileKind, Loader>> = {
  'saved-model': { load: loadSavedModel, options: OPTIONS },
  keras: { load: loadKeras, loadWeights: loadKerasWeights },
  h5: { load: loadH5, loadWeights: loadH5Weights },
  'h5-weights': { loadWeights: loadH5Weights },
  'weights.h5': { loadWeights: loadWeightsH5 },
  tfjs: { load: loadTfjs, loadWeights: loadTfjsWeights },
  'tfjs-graph': { load: loadTfjs },
  'frozen-graph': { load: loadFrozenGraph, options: ['inputs', 'outputs'] },
  npz: { loadWeights: loadNpz },
  safetensors: { loadWeights: loadSafetensors },
  checkpoint: { loadWeights: loadCheckpointWeights },
};

/**
 * A model from a file or folder, recognised by its content:
 *
 * - Keras HDF5 (`.h5`), of Keras 2 or 3;
 * - Keras 3's `.keras`, or a folder of its parts;
 * - a SavedModel of `model.exportSavedModel`, or of Keras 2: with layers, weights, compile options and optimizer;
 * - any other SavedModel, of TensorFlow 1 too: a {@link ServedModel}, which predicts;
 * - tfjs' `model.json`, or its folder, quantised or not: of layers, or of a graph, which is a {@link ServedModel};
 * - a frozen graph (`.pb`): a {@link ServedModel}, whose inputs and outputs go by the names of their nodes.
 *
 * @throws ERR_NOT_READABLE when there is no such file, ERR_FILE_FORMAT when it is something else or damaged,
 * ERR_UNKNOWN_NAME for a signature, tags or nodes that it does not have
 * @example
 * const model = await loadModel('cifar_model.keras');
 * const served = await loadModel('exported_by_keras');
 * const features = await loadModel('frozen.pb', { outputs: ['pool_3'] });
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<Model> {
  checkOptions('loadModel', options, OPTIONS);
  const { kind, title, path: at } = await recognise(path);
  const { load, options: known = [] } = LOADERS[kind];
  if (!load) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `'${path}' is ${title}, which holds weights only; build the model and call model.loadWeights(path).`,
    );
  }
  const stray = OPTIONS.find((name) => options[name] !== undefined && !known.includes(name));
  if (stray) throw new TensorFlowError('ERR_ARGUMENT', `'${path}' is ${title}, where '${stray}' has no meaning.`);
  return load(at, options);
}

async function loadWeights(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  const { kind, title, path: at } = await recognise(path);
  const { loadWeights: load } = LOADERS[kind];
  if (load) return load(model, at, options);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${path}' is ${title}, whose weights cannot be read alone; call loadModel(path).`,
  );
}

registerWeightsLoader(loadWeights);
