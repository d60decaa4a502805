import { extname } from 'node:path';
import { TensorFlowError } from '../errors/errors.js';
import type { Dialect } from './config-dialect.js';
import type { Model } from './model.js';

export interface SaveOptions {
  /**
   * Names and config of a `.h5` file: `keras2` is read by every Keras, but for functional models with models inside, which
   * Keras 3 reads in `keras3` only. Default: `keras3` for those, else `keras2`.
   */
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

/** The signatures of an exported model. */
export type ModelSignature = 'serving_default' | 'serve' | 'predict' | 'train_step' | 'evaluate';

export interface ExportOptions {
  /** Which signatures; the file has what they need. Default: all, those for training where the model is compiled. */
  signatures?: readonly ModelSignature[];
  /** Files to go along in `assets.extra/`, where servers look for requests to warm up with. */
  assets?: readonly string[];
}

type Export = (model: Model, folder: string, options: ExportOptions) => Promise<void>;

const formats = new Map<string, ModelFormat>();

export function registerFormat(format: ModelFormat): void {
  formats.set(format.extension, format);
}

let exporting: Export | undefined;

/** As {@link registerFormat}, for `model.exportSavedModel`. */
export function registerExport(export_: Export): void {
  exporting = export_;
}

export async function exportModel(model: Model, folder: string, options: ExportOptions): Promise<void> {
  if (!exporting) throw new TensorFlowError('ERR_ARGUMENT', 'Exporting needs src/saving; import libtensorflow-node.');
  await exporting(model, folder, options);
}

/** The format of a file name. */
export function formatFor(path: string): ModelFormat {
  const found = formats.get(extname(path).toLowerCase());
  if (found) return found;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `'${path}' has no file format that is known here; end it with ${[...formats.keys()].join(' or ')}, or call model.exportSavedModel for a folder.`,
  );
}
