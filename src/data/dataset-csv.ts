import { closeSync, openSync, readSync } from 'node:fs';
import type { DType } from '../core/dtype.js';
import { type Scalar, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { Dataset } from './dataset.js';
import { compressionOf, type Files, named, pathsOf, READ_AT_ONCE, type RecordFilesOptions } from './dataset-files.js';
import type { LeafSpec } from './dataset-step.js';
import { GraphDataset } from './graph-dataset.js';

type CsvDType = 'float32' | 'float64' | 'int32' | 'int64' | 'string';
/** dtype of a column whose every field must be there, or with what stands for an empty one. */
export type CsvColumn = CsvDType | { readonly dtype: CsvDType; readonly default: Scalar };
export type CsvColumns = Readonly<Record<string, CsvColumn>>;

export interface CsvOptions<C extends CsvColumns, L extends keyof C & string> extends RecordFilesOptions {
  /** The columns to read: with a header by their names, else all of them in their order. */
  columns: C;
  /** The column that is y: elements are `[columns, label]` then. */
  label?: L;
  /** Whether the first line of each file has the names of the columns. @default true */
  header?: boolean;
  /** @default ',' */
  delimiter?: string;
  /** What an empty field may also look like. @default '' */
  naValue?: string;
}

type Row<C> = { [K in keyof C]: LeafSpec };

/**
 * The rows of CSV files: records of scalars by column.
 *
 * @throws ERR_UNKNOWN_NAME for a column that the header of the first file lacks; ERR_NOT_READABLE; while running
 * ERR_FILE_FORMAT for a field that is no number, or that is empty and has no default
 * @example
 * const iris = tf.data.csv('iris.csv', { columns: { length: 'float32', width: 'float32', species: 'int32' }, label: 'species' });
 * iris.map(([{ length, width }, species]) => [tf.ops.stack([length, width]), species]).batch(32);
 */
export function csv<const C extends CsvColumns>(files: Files, options: CsvOptions<C, never>): Dataset<Row<C>>;
export function csv<const C extends CsvColumns, const L extends keyof C & string>(
  files: Files,
  options: CsvOptions<C, L> & { label: L },
): Dataset<[Row<Omit<C, L>>, LeafSpec]>;
export function csv(files: Files, options: CsvOptions<CsvColumns, string>): unknown {
  const { columns, label, header = true, delimiter = ',', naValue = '', ...rest } = options;
  checkOptions('csv', rest, ['compression']);
  const compression = compressionOf('csv', rest);
  if (label !== undefined && !Object.hasOwn(columns, label)) {
    throw unknownName('column of csv', label, Object.keys(columns));
  }
  const read = placesOf(files, columns, header && compression === '' ? delimiter : undefined);
  const leaves = read.map(([, column]): LeafSpec => ({ dtype: dtypeOf(column), shape: [] }));
  const rows = new Dataset<Row<CsvColumns>>({
    name: 'csv',
    from: [],
    elementSpec: Object.fromEntries(read.map(([name], i) => [name, leaves[i] as LeafSpec])),
    cardinality: null,
    build: ({ program }) =>
      new GraphDataset(program, leaves, ({ outputShapes }) =>
        ops.csvDatasetV2(
          pathsOf(files),
          compression,
          READ_AT_ONCE,
          header,
          delimiter,
          true,
          naValue,
          read.map(([, , place]) => place),
          read.map(([, column]) => defaultOf(column)),
          tensor([], [0], 'int64'),
          { outputShapes },
        ),
      ),
    explain: (failure) => explain(files, read, failure),
  });
  return label === undefined ? rows : rows.map((row) => apart(row, label));
}

/** A field that is no value of its column, named by column and file. */
function explain(files: Files, read: readonly Place[], failure: unknown): unknown {
  const [message = ''] = messageOf(failure).split('\n');
  const [, field] = /^Field (\d+) /.exec(message) ?? [];
  const [column] = read[Number(field)] ?? [];
  if (column === undefined) return failure;
  return new TensorFlowError(
    'ERR_FILE_FORMAT',
    `csv: column '${column}' of ${named(files)} has a field that cannot be read (${message}); give the column another dtype or a default.`,
    { cause: failure },
  );
}

function apart<T>(row: Readonly<Record<string, T>>, label: string): [Record<string, T>, T] {
  const { [label]: y, ...x } = row;
  return [x, y as T];
}

type Place = readonly [name: string, column: CsvColumn, place: number];

/** The columns in the order of the file, as the library takes them. */
function placesOf(files: Files, columns: CsvColumns, delimiter: string | undefined): Place[] {
  const [first] = typeof files === 'string' ? [files] : Array.isArray(files) ? files : [];
  if (delimiter === undefined || first === undefined) {
    return Object.entries(columns).map(([name, column], place) => [name, column, place]);
  }
  const names = fieldsOf(firstLine(first), delimiter);
  return Object.entries(columns)
    .map(([name, column]): Place => {
      const place = names.indexOf(name);
      if (place < 0) throw unknownName(`column of ${first}`, name, names);
      return [name, column, place];
    })
    .sort(([, , a], [, , b]) => a - b);
}

function firstLine(file: string): string {
  try {
    const opened = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(READ_AT_ONCE);
      const length = readSync(opened, bytes);
      return bytes.toString('utf8', 0, length).split(/\r?\n/, 1)[0] ?? '';
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `csv: ${file} cannot be read (${messageOf(cause)}); check the path.`,
      {
        cause,
      },
    );
  }
}

/** Fields of a line, quotes taken away. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields = [''];
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) fields.push('');
    else fields.push(fields.pop() + character);
  }
  return fields;
}

function dtypeOf(column: CsvColumn): DType {
  return typeof column === 'string' ? column : column.dtype;
}

/** No value: the field must be there. */
function defaultOf(column: CsvColumn) {
  return typeof column === 'string' ? tensor([], [0], column) : tensor([column.default], [1], column.dtype);
}
