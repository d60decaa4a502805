import { isOutput } from '../core/function.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import { replaceFiles } from '../core/replace-path.js';
import { currentScope, withControls, withScope } from '../core/scope.js';
import { formatSpec } from '../core/spec.js';
import { tensor } from '../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { Dataset } from './dataset.js';
import { DatasetContext } from './dataset-context.js';
import { type LeafSpec, specsIn } from './dataset-step.js';
import { GraphDataset } from './graph-dataset.js';
import { scalar64 } from './host-values.js';

/** Paths; in the body of flatMap or interleave also an output. */
export type Files = string | readonly string[] | Output;
export type Compression = '' | 'GZIP' | 'ZLIB';

export interface ListFilesOptions {
  /** Whether each pass has an order of its own; else they are sorted. @default true */
  shuffle?: boolean;
  /** Repeats the order. @default that of `tf.config`, else drawn */
  seed?: number;
}

export interface RecordFilesOptions {
  /** How the files are compressed. @default '' */
  compression?: Compression;
}

export const STRING: LeafSpec = { dtype: 'string', shape: [] };
/** Bytes read from a file at a time. */
export const READ_AT_ONCE = 2 ** 18;
const COMPRESSIONS: readonly Compression[] = ['', 'GZIP', 'ZLIB'];

/**
 * Paths of the files that match one pattern, or one of several (`*`, `?`, `[…]`). The folder is read anew for each pass.
 *
 * @throws ERR_DATA_EMPTY, when a pass starts, where nothing matches
 * @example
 * tf.data.listFiles('photos/*.jpg').map((path) => tf.ops.decodeJpeg(tf.ops.readFile(path), { channels: 3 }));
 */
export function listFiles(patterns: Files, options: ListFilesOptions = {}): Dataset<LeafSpec> {
  checkOptions('listFiles', options, ['shuffle', 'seed']);
  const { shuffle = true, seed } = options;
  const files = new Dataset<LeafSpec>({
    name: 'listFiles',
    from: [],
    elementSpec: STRING,
    cardinality: null,
    build: ({ program }) => {
      const found = ops.matchingFiles(pathsOf(patterns));
      const checked = ops.assert(ops.greater(ops.size(found), 0), [NOTHING]);
      const listed = withControls([checked], () => ops.identity(found));
      return new GraphDataset(program, [STRING], ({ outputShapes }) =>
        ops.tensorSliceDataset([listed], { outputShapes }),
      );
    },
    explain: (failure) => (messageOf(failure).includes(NOTHING) ? nothing(patterns, failure) : failure),
  });
  return shuffle ? files.shuffle(Number.POSITIVE_INFINITY, seed === undefined ? {} : { seed }) : files;
}

/**
 * Whole files: `{ path, contents }`, strings of bytes.
 *
 * @throws TF_NOT_FOUND, while running, naming the file
 */
export function fromFiles(files: Files): Dataset<{ path: LeafSpec; contents: LeafSpec }> {
  return pathDataset('fromFiles', files).map((path) => ({ path, contents: ops.readFile(path) }));
}

/** The lines of text files, without their ends. */
export function textLines(files: Files, options: RecordFilesOptions = {}): Dataset<LeafSpec> {
  return records('textLines', files, options, ops.textLineDataset);
}

/**
 * The records of TFRecord files, strings of bytes; `parseExample` takes them apart.
 *
 * @throws ERR_FILE_FORMAT, while running, for a file that is damaged or something else
 * @example
 * tf.data.tfrecord('train.tfrecord').map((record) =>
 *   tf.data.parseExample(record, { image: tf.spec('string', []), label: tf.spec('int64', []) }),
 * );
 */
export function tfrecord(files: Files, options: RecordFilesOptions = {}): Dataset<LeafSpec> {
  return records('tfrecord', files, options, ops.tfRecordDataset);
}

/**
 * Writes strings to a TFRecord file, whole or not at all. `encodeExample` makes strings of records of values.
 *
 * @throws ERR_DTYPE for elements that are no string scalars; ERR_NOT_WRITABLE
 * @example
 * const examples = rows.map(({ pixels, label }) => tf.data.encodeExample({ pixels, label }));
 * await tf.data.writeTfrecord('train.tfrecord', tf.data.fromTensorSlices(tf.tensor(examples)));
 */
export async function writeTfrecord(
  file: string,
  dataset: Dataset<LeafSpec>,
  options: RecordFilesOptions = {},
): Promise<void> {
  const compression = compressionOf('writeTfrecord', options);
  const [leaf, ...more] = specsIn(dataset.elementSpec);
  if (leaf?.dtype !== 'string' || leaf.shape?.length !== 0 || more.length > 0) {
    const got = leaf ? formatSpec(leaf) : 'nothing';
    throw new TensorFlowError('ERR_DTYPE', `writeTfrecord: elements must be string scalars, got ${got}.`);
  }
  using program = new Program();
  const built = withScope(program.scope.sub('write'), () => {
    const context = new DatasetContext(program);
    const path = ops.placeholder(STRING);
    const { handle } = dataset.step.build(context);
    return { context, path, write: ops.datasetToTFRecord(handle, path, compression) };
  });
  const { pass, feeds, fills } = built.context;
  using first = scalar64(0);
  const fed = [first, ...feeds.keys()].map(({ native }) => native);
  for (const fill of fills) await program.callable([pass, ...feeds.values()], [], [fill]).run(fed);
  const write = program.callable([pass, ...feeds.values(), built.path], [], [built.write]);
  await replaceFiles(file, [''], async (temporary) => {
    using path = tensor(temporary);
    await write.run([...fed, path.native]);
  });
}

const NOTHING = 'listFiles: nothing matches';

function nothing(patterns: Files, failure: unknown): TensorFlowError {
  return new TensorFlowError('ERR_DATA_EMPTY', `${NOTHING} ${named(patterns)}; check the pattern.`, { cause: failure });
}

/** Files that a reader of the library goes through. */
function records(
  name: string,
  files: Files,
  options: RecordFilesOptions,
  reader: typeof ops.textLineDataset,
): Dataset<LeafSpec> {
  const compression = compressionOf(name, options);
  return new Dataset({
    name,
    from: [],
    elementSpec: STRING,
    cardinality: null,
    build: ({ program }) =>
      new GraphDataset(program, [STRING], () => reader(pathsOf(files), compression, READ_AT_ONCE)),
    explain: (failure) => (codeOf(failure) === 'TF_DATA_LOSS' ? damaged(name, files, failure) : failure),
  });
}

function damaged(name: string, files: Files, failure: unknown): TensorFlowError {
  const [reason] = messageOf(failure).split('\n');
  return new TensorFlowError(
    'ERR_FILE_FORMAT',
    `${name}: ${named(files)} is damaged or no such file (${reason}); write it anew.`,
    { cause: failure },
  );
}

function pathDataset(name: string, files: Files): Dataset<LeafSpec> {
  return new Dataset({
    name,
    from: [],
    elementSpec: STRING,
    cardinality: typeof files === 'string' ? 1 : isOutput(files) ? null : files.length,
    build: ({ program }) =>
      new GraphDataset(program, [STRING], ({ outputShapes }) =>
        ops.tensorSliceDataset([pathsOf(files)], { outputShapes }),
      ),
  });
}

/** @returns string [n] */
export function pathsOf(files: Files): Output {
  if (isOutput(files)) return ops.reshape(currentScope().own(files, 'paths'), [-1]);
  const list = typeof files === 'string' ? [files] : files;
  return ops.constant(tensor(list, [list.length], 'string'));
}

export function compressionOf(name: string, options: RecordFilesOptions): Compression {
  checkOptions(name, options, ['compression']);
  const { compression = '' } = options;
  if (COMPRESSIONS.includes(compression)) return compression;
  throw unknownName(`compression of ${name}`, compression, COMPRESSIONS);
}

/** How many paths an error names. */
const NAMED = 3;

/** As errors name them. */
export function named(files: Files): string {
  if (isOutput(files)) return 'a path of the graph';
  const list = typeof files === 'string' ? [files] : files;
  const more = list.length > NAMED ? ` or ${list.length - NAMED} more` : '';
  return `${list.slice(0, NAMED).join(', ')}${more}`;
}
