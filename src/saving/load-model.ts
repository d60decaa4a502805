import { open } from 'node:fs/promises';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import type { Model } from '../models/model.js';
import { loadH5 } from './h5-format.js';
import { isSavedModel, loadSavedModel } from './saved-model-load.js';

const HDF5_SIGNATURE = Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A model from a file or folder, recognised by its content:
 *
 * - Keras HDF5 (`.h5`), of Keras 2 or 3;
 * - a SavedModel of `model.exportSavedModel`, or of Keras 2: with layers, weights, compile options and optimizer;
 * - any other SavedModel: a {@link ServedModel}, which predicts.
 *
 * @throws ERR_NOT_READABLE when there is no such file, ERR_FILE_FORMAT when it is something else or damaged
 * @example
 * const model = await loadModel('cifar_model.h5');
 * const served = await loadModel('exported_by_keras');
 */
export async function loadModel(path: string): Promise<Model> {
  if (await isSavedModel(path)) return loadSavedModel(path);
  if (await isHdf5(path)) return loadH5(path);
  throw new TensorFlowError(
    'ERR_FILE_FORMAT',
    `'${path}' is not a model that is known here (Keras HDF5, or a SavedModel's folder).`,
  );
}

async function isHdf5(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HDF5_SIGNATURE.length), 0, HDF5_SIGNATURE.length, 0);
    return bytesRead === HDF5_SIGNATURE.length && buffer.equals(HDF5_SIGNATURE);
  } catch (cause) {
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
