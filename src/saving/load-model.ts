import { open } from 'node:fs/promises';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { type LoadWeightsOptions, registerWeightsLoader } from '../models/formats.js';
import type { Model } from '../models/model.js';
import { isNpz, loadNpz } from './arrays/npz.js';
import { isSafetensors, loadSafetensors } from './arrays/safetensors.js';
import { loadH5, loadH5Weights } from './h5-format.js';
import { isKerasFolder, loadKeras, loadKerasWeights } from './keras-archive.js';
import { isSavedModel, loadSavedModel } from './saved-model-load.js';
import { isTfjs, loadTfjs, loadTfjsWeights } from './tfjs/load.js';

/** A kind of file or folder, told by its content. */
interface Kind {
  readonly title: string;
  /** @param start the first bytes of a file, null for a folder */
  is(path: string, start: Buffer | null): boolean | Promise<boolean>;
  /** Left out where there are weights only. */
  load?(path: string): Promise<Model>;
  loadWeights?(model: Model, path: string, options: LoadWeightsOptions): Promise<void>;
}

const START_BYTES = 16;
const isArchive = begins('PK\x03\x04');

/** The first that fits is meant. */
const KINDS: readonly Kind[] = [
  { title: "a SavedModel's folder", is: isSavedModel, load: loadSavedModel },
  { title: "a folder of a '.keras' file's parts", is: isKerasFolder, load: loadKeras, loadWeights: loadKerasWeights },
  { title: 'Keras HDF5', is: begins('\x89HDF\r\n\x1a\n'), load: loadH5, loadWeights: loadH5Weights },
  { title: "NumPy's '.npz'", is: isArchiveOfArrays, loadWeights: loadNpz },
  { title: "a '.keras' archive", is: isArchive, load: loadKeras, loadWeights: loadKerasWeights },
  { title: 'safetensors', is: isSafetensors, loadWeights: loadSafetensors },
  { title: "tfjs' model.json", is: isTfjs, load: loadTfjs, loadWeights: loadTfjsWeights },
];

async function isArchiveOfArrays(path: string, start: Buffer | null): Promise<boolean> {
  return (await isArchive(path, start)) && isNpz(path);
}

function begins(signature: string): Kind['is'] {
  return (_, start) => start?.subarray(0, signature.length).equals(Buffer.from(signature, 'latin1')) === true;
}

/**
 * A model from a file or folder, recognised by its content:
 *
 * - Keras HDF5 (`.h5`), of Keras 2 or 3;
 * - Keras 3's `.keras`, or a folder of its parts;
 * - a SavedModel of `model.exportSavedModel`, or of Keras 2: with layers, weights, compile options and optimizer;
 * - any other SavedModel: a {@link ServedModel}, which predicts;
 * - tfjs' `model.json`, or its folder, quantised or not: of layers, or of a graph, which is a {@link ServedModel}.
 *
 * @throws ERR_NOT_READABLE when there is no such file, ERR_FILE_FORMAT when it is something else or damaged
 * @example
 * const model = await loadModel('cifar_model.keras');
 * const served = await loadModel('exported_by_keras');
 */
export async function loadModel(path: string): Promise<Model> {
  const { load, title } = await kindOf(path, 'load');
  if (load) return load(path);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${path}' is ${title}, which holds weights only; build the model and call model.loadWeights(path).`,
  );
}

async function loadWeights(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  const { loadWeights: load, title } = await kindOf(path, 'loadWeights');
  if (load) return load(model, path, options);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${path}' is ${title}, whose weights cannot be read alone; call loadModel(path).`,
  );
}

async function kindOf(path: string, what: 'load' | 'loadWeights'): Promise<Kind> {
  const start = await startOf(path);
  for (const kind of KINDS) if (await kind.is(path, start)) return kind;
  const known = KINDS.filter((kind) => kind[what]).map(({ title }) => title);
  const code = start ? 'ERR_FILE_FORMAT' : 'ERR_NOT_READABLE';
  throw new TensorFlowError(code, `'${path}' is nothing that is known here: ${known.join(', ')}.`);
}

/** The first bytes of a file, null for a folder. */
async function startOf(path: string): Promise<Buffer | null> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (codeOf(cause) === 'EISDIR') return null;
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

registerWeightsLoader(loadWeights);
