import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { spec } from '../core/spec.js';
import { type Tensor, type TensorLike, tensor, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import {
  checkClassMode,
  DATA_FRAME_CLASS_MODES,
  type DataFrameClassMode,
  type Target,
  targetOf,
  weighted,
} from './class-mode.js';
import { concurrently } from './concurrently.js';
import {
  checkBinary,
  checkSubset,
  emptySubset,
  FILE_FLOW_OPTIONS,
  FileFlow,
  type FileFlowOptions,
  FLOW_EXTENSIONS,
  type FlowContext,
  inSubset,
  picturesOf,
  readableFiles,
  reportSkipped,
} from './file-flow.js';

/** A row of a table: its values by the names of their columns. */
export type DataFrameRow = Readonly<Record<string, unknown>>;

export interface DataFrameFlowOptions extends FileFlowOptions {
  /** The folder that the names of the files are relative to. @default none: names are paths */
  directory?: string | undefined;
  /** The column of the files' names. @default 'filename' */
  xCol?: string | undefined;
  /** The column of the labels; several ones for `raw` and `multi_output`. @default 'class' */
  yCol?: string | readonly string[] | undefined;
  /** A column of sample weights. @default none */
  weightCol?: string | undefined;
  /** The classes to use, in the order of their labels; rows of no other class are left. @default all, sorted */
  classes?: readonly string[] | undefined;
  /**
   * What y is: one-hot rows (a label may be a list of classes), class indices, the pictures themselves, the values of
   * the columns (`raw`), an output for each column (`multi_output`), or nothing (null). @default 'categorical'
   */
  classMode?: DataFrameClassMode | undefined;
  /** Whether rows whose file is not there, or has no picture's extension, are left out. @default true */
  validateFilenames?: boolean | undefined;
  /** Whether only the first row of each file counts. @default false */
  dropDuplicates?: boolean | undefined;
}

const OPTIONS: readonly (keyof DataFrameFlowOptions)[] = [
  ...FILE_FLOW_OPTIONS,
  'directory',
  'xCol',
  'yCol',
  'weightCol',
  'classes',
  'classMode',
  'validateFilenames',
  'dropDuplicates',
];
const CLASSIFYING: readonly DataFrameClassMode[] = ['categorical', 'sparse', 'binary'];
const STATS_AT_ONCE = 16;

/** What labels are: class indices, lists of them where a picture has several, or the values of the columns. */
export type DataFrameLabels = Int32Array | readonly unknown[];

/** Batches of the pictures named in the rows of a table. */
export class DataFrameFlow extends FileFlow<DataFrameLabels> {}

interface Sample {
  readonly row: DataFrameRow;
  readonly path: string;
}

/** Reads the table, and says what was found. */
export async function openDataFrame(
  rows: readonly DataFrameRow[],
  options: DataFrameFlowOptions,
  { validationSplit, prepare }: FlowContext,
): Promise<DataFrameFlow> {
  checkOptions('flowFromDataFrame', options, OPTIONS);
  const { subset, verbose = 1, weightCol, validateFilenames = true, directory = '' } = options;
  const { xCol = 'filename' } = options;
  const modes = DATA_FRAME_CLASS_MODES;
  const classMode = checkClassMode(options.classMode === undefined ? 'categorical' : options.classMode, modes);
  const yCols = labelColumns(classMode, options.yCol ?? 'class');
  const named = samplesOf(rows, xCol, directory, options.dropDuplicates ?? false);
  const valid = validateFilenames ? await validOf(named, xCol) : named;
  const classNames = CLASSIFYING.includes(classMode) ? classesOf(valid, yCols[0] ?? '', options.classes) : [];
  checkBinary('flowFromDataFrame', classMode, classNames);
  const labelled = CLASSIFYING.includes(classMode) ? withClass(valid, yCols[0] ?? '', classNames) : valid;
  const split = subset && inSubset(checkSubset(WHERE, subset, validationSplit), validationSplit, labelled.length);
  const chosen = split ? labelled.filter((_, position) => split(position)) : labelled;
  if (chosen.length === 0) throw subset ? emptySubset(WHERE, subset, validationSplit) : nothingLeft(rows.length, xCol);
  const { places, bad } = await readableFiles(WHERE, pathsOf(chosen), options);
  const isGood = (_: unknown, index: number) => !bad.has(index);
  const samples = chosen.filter(isGood);

  const values = yCols.map((column) => valuesOf(samples, column));
  const { labels, tensors } = labelsOf(classMode, values, classNames, yCols);
  const weights = weightCol !== undefined && classMode !== null ? [weightsOf(samples, weightCol)] : [];
  const placed = { places: places.filter(isGood), names: pathsOf(samples), extras: [...tensors, ...weights] };
  const pictures = picturesOf(placed, options);
  const target = targetFor(classMode, classNames.length, pictures.imageShape, tensors, weights);
  const names = new Map(chosen.map(({ row, path }) => [path, String(row[xCol])]));
  const about = {
    directory,
    filepaths: pathsOf(samples),
    nameOf: (path: string) => names.get(path) ?? path,
    labels,
    classNames,
    skipped: [...bad].flatMap((index) => chosen[index]?.path ?? []),
  };
  const flow = new DataFrameFlow(about, pictures, prepare(pictures.imageShape), target, options);
  if (verbose) report(flow, classMode, validateFilenames);
  return flow;
}

const WHERE = 'flowFromDataFrame';

function targetFor(
  classMode: DataFrameClassMode,
  classes: number,
  imageShape: FileFlow<unknown>['imageShape'],
  tensors: readonly Tensor[],
  weights: readonly Tensor[],
): Target {
  const extras = tensors.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)]));
  const target = targetOf(classMode, { classes, imageShape, extras });
  return weights.length > 0 ? weighted(target, spec('float32', [null])) : target;
}

/** The columns that y is made from. */
function labelColumns(classMode: DataFrameClassMode, yCol: string | readonly string[]): readonly string[] {
  if (classMode === null || classMode === 'input') return [];
  const columns = typeof yCol === 'string' ? [yCol] : yCol;
  if (classMode === 'multi_output' && typeof yCol === 'string') {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${WHERE}: classMode 'multi_output' takes a list as yCol, got '${yCol}'.`,
    );
  }
  if (columns.length === 0 || (columns.length > 1 && CLASSIFYING.includes(classMode))) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `${WHERE}: classMode '${classMode}' takes one column as yCol, got ${columns.length}.`,
    );
  }
  return columns;
}

function samplesOf(rows: readonly DataFrameRow[], xCol: string, directory: string, once: boolean): Sample[] {
  const seen = new Set<string>();
  return rows.flatMap((row, index) => {
    const name = row[xCol];
    if (typeof name !== 'string') {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `${WHERE}: column '${xCol}' of row ${index} is expected to be the name of a file, got ${JSON.stringify(name)}; name the column by xCol.`,
      );
    }
    if (once && seen.has(name)) return [];
    seen.add(name);
    return [{ row, path: directory ? join(directory, name) : name }];
  });
}

/** Those whose file is there. */
async function validOf(samples: readonly Sample[], xCol: string): Promise<Sample[]> {
  const valid = new Set<Sample>();
  await concurrently(samples, STATS_AT_ONCE, async (sample) => {
    const extension = sample.path.slice(sample.path.lastIndexOf('.') + 1).toLowerCase();
    if (!FLOW_EXTENSIONS.includes(extension)) return;
    const found = await stat(sample.path).catch(() => undefined);
    if (found?.isFile()) valid.add(sample);
  });
  const invalid = samples.length - valid.size;
  if (invalid > 0) console.warn(`Found ${invalid} invalid image filename(s) in column '${xCol}'; they are left out.`);
  return samples.filter((sample) => valid.has(sample));
}

function valuesOf(samples: readonly Sample[], column: string): unknown[] {
  return samples.map(({ row, path }) => {
    if (row[column] !== undefined) return row[column];
    throw new TensorFlowError('ERR_LABELS', `${WHERE}: the row of ${path} has no column '${column}'; name it by yCol.`);
  });
}

/** The names of the classes of a label. */
function namesIn(label: unknown, path: string): readonly string[] {
  const names: readonly unknown[] = Array.isArray(label) ? label : [label];
  if (names.every((name) => typeof name === 'string')) return names;
  throw new TensorFlowError(
    'ERR_LABELS',
    `${WHERE}: the label of ${path} is expected to be the name of a class, got ${JSON.stringify(label)}; use classMode 'raw' for numbers.`,
  );
}

function classesOf(samples: readonly Sample[], yCol: string, wanted: readonly string[] | undefined): string[] {
  if (wanted) return [...new Set(wanted)];
  const labels = valuesOf(samples, yCol);
  return [...new Set(labels.flatMap((label, i) => namesIn(label, samples[i]?.path ?? '')))].sort();
}

/** Those of one of the classes, their labels without the other ones. */
function withClass(samples: readonly Sample[], yCol: string, classNames: readonly string[]): Sample[] {
  const known = new Set(classNames);
  const labels = valuesOf(samples, yCol);
  return samples.flatMap(({ row, path }, i) => {
    const label = labels[i];
    const names = namesIn(label, path).filter((name) => known.has(name));
    if (names.length === 0) return [];
    return [{ path, row: { ...row, [yCol]: Array.isArray(label) ? names : label } }];
  });
}

function labelsOf(
  classMode: DataFrameClassMode,
  values: readonly (readonly unknown[])[],
  classNames: readonly string[],
  columns: readonly string[],
): { labels: DataFrameLabels; tensors: Tensor[] } {
  const [first = []] = values;
  if (classMode === 'raw') {
    const rows = values.length === 1 ? first : first.map((_, i) => values.map((column) => column[i]));
    return { labels: rows, tensors: [columnTensor(rows, columns.join(', '))] };
  }
  if (classMode === 'multi_output') {
    return { labels: values, tensors: values.map((column, i) => columnTensor(column, columns[i] ?? '')) };
  }
  if (!CLASSIFYING.includes(classMode)) return { labels: [], tensors: [] };
  const indices = new Map(classNames.map((name, index) => [name, index]));
  const indexOf = (name: unknown) => indices.get(String(name)) ?? 0;
  if (!first.some(Array.isArray)) {
    const labels = Int32Array.from(first, indexOf);
    return { labels, tensors: [tensor(labels)] };
  }
  return severalClasses(
    classMode,
    first.map((label) => (Array.isArray(label) ? label.map(indexOf) : [indexOf(label)])),
    classNames.length,
  );
}

/** Rows with a one for each class of their picture. */
function severalClasses(classMode: DataFrameClassMode, labels: readonly number[][], classes: number) {
  if (classMode !== 'categorical') {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${WHERE}: classMode '${classMode}' takes one class for each picture, got a list; use 'categorical'.`,
    );
  }
  const rows = new Float32Array(labels.length * classes);
  for (const [row, indices] of labels.entries()) for (const index of indices) rows[row * classes + index] = 1;
  return { labels, tensors: [tensor(rows, [labels.length, classes])] };
}

function columnTensor(values: readonly unknown[], column: string): Tensor {
  try {
    return toTensor(values as TensorLike);
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_LABELS',
      `${WHERE}: the values of '${column}' are expected to be numbers, or lists of equal length.`,
      { cause },
    );
  }
}

function weightsOf(samples: readonly Sample[], column: string): Tensor {
  const weights = valuesOf(samples, column);
  if (weights.every((weight) => typeof weight === 'number')) return tensor(Float32Array.from(weights));
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${WHERE}: the column '${column}' of sample weights must have numbers only.`,
  );
}

function pathsOf(samples: readonly Sample[]): string[] {
  return samples.map(({ path }) => path);
}

function nothingLeft(rows: number, xCol: string): TensorFlowError {
  return new TensorFlowError(
    'ERR_DATA_EMPTY',
    `${WHERE}: none of the ${rows} rows names a picture in '${xCol}' with a class that is used; check \`directory\`, xCol and \`classes\`.`,
  );
}

function report(flow: DataFrameFlow, classMode: DataFrameClassMode, validated: boolean): void {
  const found = `Found ${flow.n} ${validated ? 'validated' : 'non-validated'} image filenames`;
  console.log(CLASSIFYING.includes(classMode) ? `${found} belonging to ${flow.numClasses} classes.` : `${found}.`);
  reportSkipped(flow);
}
