import { extname } from 'node:path';
import { TensorFlowError } from '../errors/errors.js';
import type { Dialect } from './config-dialect.js';
import type { Model } from './model.js';

export interface SaveOptions {
  /** Names and config of a `.h5` file: `keras2` (default) is read by every Keras; `keras3` has Keras 3's names. */
  dialect?: Dialect;
}

/** A file format of models. The rooms above register theirs, so that `model.save` knows them. */
export interface ModelFormat {
  /** File name extension, with the dot. */
  extension: string;
  save(model: Model, path: string, options: SaveOptions & { weightsOnly: boolean }): Promise<void>;
  loadWeights(model: Model, path: string): Promise<void>;
  /** Throws ERR_NOT_WRITABLE when `path` could not be written. */
  checkWritable(path: string): Promise<void>;
}

const formats = new Map<string, ModelFormat>();

export function registerFormat(format: ModelFormat): void {
  formats.set(format.extension, format);
}

/** The format of a file name. */
export function formatFor(path: string): ModelFormat {
  const found = formats.get(extname(path).toLowerCase());
  if (found) return found;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `'${path}' has no file format that is known here; end it with ${[...formats.keys()].join(' or ')}.`,
  );
}
