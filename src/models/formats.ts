import { TensorFlowError } from '../errors/errors.js';
import type { Dialect } from './config-dialect.js';
import type { ExportOptions, QuantizationReport } from './export-options.js';
import type { Model } from './model.js';

export interface SaveOptions {
  /**
   * Names and config of a `.h5` file: `keras2` is read by every Keras, but for functional models with models inside, which
   * Keras 3 reads in `keras3` only, and optimizers that only Keras 3 has. Default: `keras3` for those, else `keras2`.
   */
  dialect?: Dialect;
}

export interface LoadWeightsOptions {
  /** Whether layers are found by their names, and those without a counterpart stay as they are. Default: by their order. */
  byName?: boolean;
  /** Whether layers whose weights do not fit stay as they are, with a warning. Default: they are an error. */
  skipMismatch?: boolean;
}

/** A file format of models. The rooms above register theirs, so that `model.save` knows them. */
export interface ModelFormat {
  /** End of the file name, with the dot. */
  extension: string;
  /** Left out where the format holds weights only. */
  save?(model: Model, path: string, options: SaveOptions): Promise<void>;
  /** Left out where the format holds whole models only. */
  saveWeights?(model: Model, path: string, options: SaveOptions): Promise<void>;
  /** Throws ERR_NOT_WRITABLE when `path` could not be written. */
  checkWritable(path: string): Promise<void>;
}

type Export = (model: Model, folder: string, options: ExportOptions) => Promise<QuantizationReport | undefined>;

const formats = new Map<string, ModelFormat>();

export function registerFormat(format: ModelFormat): void {
  formats.set(format.extension, format);
}

let exporting: Export | undefined;

/** As {@link registerFormat}, for `model.exportSavedModel`. */
export function registerExport(export_: Export): void {
  exporting = export_;
}

export async function exportModel(
  model: Model,
  folder: string,
  options: ExportOptions,
): Promise<QuantizationReport | undefined> {
  if (!exporting) throw new TensorFlowError('ERR_ARGUMENT', 'Exporting needs src/saving; import libtensorflow-node.');
  return exporting(model, folder, options);
}

type LoadWeights = (model: Model, path: string, options: LoadWeightsOptions) => Promise<void>;

let loading: LoadWeights | undefined;

/** As {@link registerFormat}, for `model.loadWeights`, which recognises files by their content. */
export function registerWeightsLoader(load: LoadWeights): void {
  loading = load;
}

export async function loadWeightsInto(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  if (!loading) throw new TensorFlowError('ERR_ARGUMENT', 'Loading needs src/saving; import libtensorflow-node.');
  await loading(model, path, options);
}

/** What to do with a file name: the format with the longest end that fits. */
export function formatFor<K extends 'save' | 'saveWeights' | 'checkWritable'>(
  path: string,
  what: K,
): ModelFormat & Required<Pick<ModelFormat, K>> {
  const able = [...formats.values()].filter((format) => format[what] !== undefined);
  const ends = able.filter(({ extension }) => path.toLowerCase().endsWith(extension));
  const [found] = ends.sort((a, b) => b.extension.length - a.extension.length);
  if (found) return found as ModelFormat & Required<Pick<ModelFormat, K>>;
  const wayOut =
    what === 'save'
      ? 'model.exportSavedModel for a folder, model.saveWeights for weights alone'
      : 'model.save for the whole model';
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `'${path}' has no file format that model.${what} knows; end it with ${able.map(({ extension }) => extension).join(' or ')}, or call ${wayOut}.`,
  );
}
