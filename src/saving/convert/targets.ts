import { TensorFlowError } from '../../errors/errors.js';
import { unknownName } from '../../errors/suggest.js';
import type { Dialect } from '../../models/config-dialect.js';
import type { QuantizedTo } from '../../models/export-options.js';
import type { Model } from '../../models/model.js';
import { saveNpz } from '../arrays/npz.js';
import { saveSafetensors } from '../arrays/safetensors.js';
import { saveH5, saveWeightsH5 } from '../h5-format.js';
import { saveKeras } from '../keras-archive.js';
import { exportSavedModel } from '../saved-model-export.js';
import { ServedModel } from '../served-model.js';
import { jsonFileOf } from '../tfjs/load.js';
import { QUANTIZED_BYTES, type QuantizedType } from '../tfjs/quantization.js';
import { saveTfjs } from '../tfjs/save.js';
import { type ConvertFormat, FORMATS } from './formats.js';
import { oneFile, type Place, savedModelFolder, tfjsFiles } from './places.js';

/** How a target is written. */
export interface WriteOptions {
  /**
   * What float32 weights are kept as: `float16`, `uint16` or `uint8` in tfjs' files, `float16` or `int8` in a SavedModel.
   */
  quantize?: QuantizedType | QuantizedTo;
  /** Names and configuration of an HDF5 file. Default: `keras2`, but for functional models with models inside. */
  dialect?: Dialect;
}

export interface Target {
  /** Ends of names that mean it. */
  readonly endings: readonly string[];
  /** Whether what was written is a model, or weights only. */
  readonly holds: 'model' | 'weights';
  /** Whether a graph without layers can be it. */
  readonly graphs?: boolean;
  /** What weights can be quantised to. */
  readonly quantizes?: readonly string[];
  /** Whether there are two dialects of it. */
  readonly dialects?: boolean;
  /** The file that must not be there yet. Default: the path itself. */
  file?(path: string): string;
  readonly place: Place;
  write(model: Model, path: string, options: WriteOptions): Promise<void>;
}

const TARGETS: Readonly<Record<ConvertFormat, Target>> = {
  'saved-model': {
    endings: [],
    holds: 'model',
    graphs: true,
    quantizes: ['float16', 'int8'],
    place: savedModelFolder,
    write: saveAsSavedModel,
  },
  keras: { endings: ['.keras'], holds: 'model', place: oneFile, write: saveKeras },
  h5: { endings: ['.h5', '.hdf5'], holds: 'model', dialects: true, place: oneFile, write: saveH5 },
  'h5-weights': {
    endings: [],
    holds: 'weights',
    dialects: true,
    place: oneFile,
    write: (model, path, options) => saveH5(model, path, { ...options, weightsOnly: true }),
  },
  'weights.h5': { endings: ['.weights.h5'], holds: 'weights', place: oneFile, write: saveWeightsH5 },
  tfjs: {
    endings: ['.json'],
    holds: 'model',
    quantizes: Object.keys(QUANTIZED_BYTES),
    file: jsonFileOf,
    place: tfjsFiles,
    write: saveAsTfjs,
  },
  npz: { endings: ['.npz'], holds: 'weights', place: oneFile, write: saveNpz },
  safetensors: { endings: ['.safetensors'], holds: 'weights', place: oneFile, write: saveSafetensors },
};

/**
 * What to convert to: the format that is asked for, else what the name ends with; a name without an ending is a SavedModel's
 * folder.
 *
 * @throws ERR_UNKNOWN_NAME for a format nobody knows; ERR_ARGUMENT for an ending nobody knows, or an option that means
 * nothing in the format
 */
export function targetOf(
  path: string,
  asked: string | undefined,
  options: WriteOptions,
): Target & { kind: ConvertFormat } {
  const kind = asked ?? formatByName(path);
  if (!isFormat(kind)) throw unknownName('format to convert to', kind, FORMATS);
  const target = TARGETS[kind];
  const { quantize, dialect } = options;
  if (quantize !== undefined) checkQuantize(kind, target, quantize);
  if (dialect !== undefined && !target.dialects)
    throw meaningless('dialect', kind, (format) => format.dialects === true);
  return { ...target, kind };
}

function checkQuantize(kind: ConvertFormat, { quantizes }: Target, type: string): void {
  if (!quantizes) throw meaningless('quantize', kind, (format) => format.quantizes !== undefined);
  if (!quantizes.includes(type)) throw unknownName(`type to quantize ${kind} to`, type, quantizes);
}

function meaningless(option: string, kind: ConvertFormat, has: (target: Target) => boolean): TensorFlowError {
  const able = FORMATS.filter((format) => has(TARGETS[format])).join(' and ');
  return new TensorFlowError('ERR_ARGUMENT', `'${option}' means nothing in ${kind}; it is for ${able}.`);
}

/** Formats that a graph without layers can become. */
export function formatsOfGraphs(): ConvertFormat[] {
  return FORMATS.filter((format) => TARGETS[format].graphs);
}

function isFormat(name: string): name is ConvertFormat {
  return Object.hasOwn(TARGETS, name);
}

/** The format with the longest end that fits. */
function formatByName(path: string): ConvertFormat {
  const name = path.toLowerCase().replace(/[\\/]+$/, '');
  const fitting = FORMATS.flatMap((kind) =>
    TARGETS[kind].endings.filter((end) => name.endsWith(end)).map((end) => ({ kind, length: end.length })),
  );
  const [found] = fitting.sort((a, b) => b.length - a.length);
  if (found) return found.kind;
  if (!/\.\w+$/.test(name)) return 'saved-model';
  const endings = FORMATS.flatMap((kind) => TARGETS[kind].endings).join(', ');
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `'${path}' ends with no format that is known: ${endings}, or nothing for a SavedModel's folder; or name one of ${FORMATS.join(', ')}.`,
  );
}

/** A graph keeps all its signatures, and has what it predicts by under the name that servers look for. */
async function saveAsSavedModel(model: Model, path: string, { quantize }: WriteOptions): Promise<void> {
  if (model instanceof ServedModel) {
    await model.program.save(path, { functions: { serving_default: model.signature, ...model.signatures } });
  } else {
    await exportSavedModel(model, path, quantize === undefined ? {} : { quantize: quantize as QuantizedTo });
  }
}

async function saveAsTfjs(model: Model, path: string, { quantize }: WriteOptions): Promise<void> {
  await saveTfjs(model, path, quantize === undefined ? {} : { quantization: quantize as QuantizedType });
}
