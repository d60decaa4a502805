import { readFile } from 'node:fs/promises';
import type { DType } from '../core/dtype.js';
import { type Scalar, type Tensor, tensor } from '../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { Dataset } from './dataset.js';
import type { LeafSpec } from './dataset-step.js';
import { fromTensorSlices } from './dataset-tensors.js';

/** A column of an {@link ArrowTable}: apache-arrow's Vector. */
export interface ArrowColumn extends Iterable<unknown> {
  readonly type: { toString(): string };
  readonly length: number;
  readonly nullCount: number;
  toArray(): unknown;
}

/** A Table of apache-arrow, of any version and copy of it, or a RecordBatch. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly numRows: number;
  getChild(name: string): ArrowColumn | null;
}

/** A table, record batches, or an IPC file or stream (Feather): its path or its bytes. */
export type ArrowSource = ArrowTable | readonly ArrowTable[] | string | Uint8Array;

export interface ArrowOptions {
  /** The columns to read. @default all */
  columns?: readonly string[];
  /** The column that is y: elements are `[columns, label]` then. */
  label?: string;
  /** What stands for the nulls of a column. @default nothing: nulls are refused */
  defaults?: Readonly<Record<string, Scalar>>;
}

type Columns = Record<string, LeafSpec>;
/** What describes a row: its columns, and its label where there is one. */
export type ArrowRow<O> = O extends { label: string } ? [Columns, LeafSpec] : Columns;

/** What the values of an Arrow type become. */
const DTYPES: Readonly<Record<string, DType>> = {
  Int8: 'int8',
  Int16: 'int16',
  Int32: 'int32',
  Int64: 'int64',
  Uint8: 'uint8',
  Uint16: 'uint16',
  Uint32: 'uint32',
  Uint64: 'uint64',
  Float16: 'float16',
  Float32: 'float32',
  Float64: 'float64',
  Bool: 'bool',
  Utf8: 'string',
  LargeUtf8: 'string',
  Binary: 'string',
  LargeBinary: 'string',
};
/** Types whose arrays a tensor takes as they are. */
const PLAIN = /^(Int|Uint|Float(32|64))/;
const DICTIONARY = /^Dictionary<\w+, (\w+)>$/;
const FIXED_LIST = /^FixedSizeList\[(\d+)\]<(\w+)>$/;

/**
 * The rows of an Arrow table: records of scalars by column; columns of lists of one length give rows of that length. Needs
 * the package `apache-arrow` where it has to read a file or bytes.
 *
 * @throws ERR_UNKNOWN_NAME for a column that is not there; ERR_DTYPE for a type no tensor has, such as dates; ERR_ARGUMENT
 * for nulls without a default, or without the package; ERR_NOT_READABLE; ERR_FILE_FORMAT; ERR_DATA_EMPTY
 * @example
 * const iris = await tf.data.fromArrow('iris.feather', { label: 'species', defaults: { width: 0 } });
 * iris.map(([{ length, width }, species]) => [tf.ops.stack([length, width]), species]).batch(32);
 */
export async function fromArrow<const O extends ArrowOptions = Record<never, never>>(
  source: ArrowSource,
  options: O = {} as O,
): Promise<Dataset<ArrowRow<O>>> {
  checkOptions('fromArrow', options, ['columns', 'label', 'defaults']);
  const tables = await tablesOf(source);
  const names = [...new Set(tables[0]?.schema.fields.map(({ name }) => name))];
  if (names.length === 0) throw new TensorFlowError('ERR_DATA_EMPTY', 'fromArrow: the table has no columns.');
  const { columns = names, label, defaults = {} } = options;
  const wanted = label === undefined ? columns : [...columns, label];
  for (const name of [...wanted, ...Object.keys(defaults)]) {
    if (!names.includes(name)) throw unknownName('column of fromArrow', name, names);
  }
  const tensors = Object.fromEntries(wanted.map((name) => [name, columnTensor(tables, name, defaults[name])]));
  const dataset: unknown = fromTensorSlices(label === undefined ? tensors : apart(tensors, label));
  return dataset as Dataset<ArrowRow<O>>;
}

function apart(tensors: Readonly<Record<string, Tensor>>, label: string): [Record<string, Tensor>, Tensor] {
  const { [label]: y, ...x } = tensors;
  return [x, y as Tensor];
}

async function tablesOf(source: ArrowSource): Promise<readonly ArrowTable[]> {
  if (typeof source === 'string') return [await parsed(await bytesOf(source), source)];
  if (source instanceof Uint8Array) return [await parsed(source, 'these bytes')];
  const tables: readonly Partial<ArrowTable>[] = Array.isArray(source) ? source : [source];
  if (tables.every((table) => typeof table?.getChild === 'function')) return tables as readonly ArrowTable[];
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `fromArrow: expected a Table or RecordBatches of apache-arrow, or an IPC file's path or bytes, got ${String(source)}.`,
  );
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    const reason = codeOf(cause) ?? messageOf(cause);
    throw new TensorFlowError('ERR_NOT_READABLE', `fromArrow: ${file} cannot be read (${reason}); check the path.`, {
      cause,
    });
  });
}

async function parsed(bytes: Uint8Array, name: string): Promise<ArrowTable> {
  const { tableFromIPC } = await import('apache-arrow').catch((cause: unknown) => {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      'fromArrow: reading Arrow files needs the package apache-arrow, which is not installed; run npm install apache-arrow.',
      { cause },
    );
  });
  try {
    return tableFromIPC(bytes);
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `fromArrow: ${name} is damaged or no Arrow IPC file (${messageOf(cause)}); write it anew.`,
      { cause },
    );
  }
}

/** The values of a column, table after table. */
function columnTensor(tables: readonly ArrowTable[], name: string, filling: Scalar | undefined): Tensor {
  const columns = tables.map((table) => table.getChild(name));
  const type = String(columns[0]?.type);
  if (!columns.every((column) => column !== null && String(column.type) === type)) {
    throw new TensorFlowError('ERR_DTYPE', `fromArrow: column '${name}' is not of type ${type} in every record batch.`);
  }
  const [, size, item] = FIXED_LIST.exec(type) ?? [];
  const dtype = DTYPES[item ?? DICTIONARY.exec(type)?.[1] ?? type];
  if (dtype === undefined) {
    throw new TensorFlowError(
      'ERR_DTYPE',
      `fromArrow: column '${name}' is of type ${type}, which is no tensor's; cast it to numbers or strings, or leave it out by \`columns\`.`,
    );
  }
  const rows = tables.reduce((sum, { numRows }) => sum + numRows, 0);
  const read = (column: ArrowColumn, width = 1) => valuesOf({ column, name, filling, width });
  const parts = (columns as ArrowColumn[]).map((column) =>
    size === undefined ? read(column) : listed(read(column, Number(size)), read),
  );
  const [first = [], ...more] = parts;
  const values = more.length === 0 ? first : parts.flatMap((part) => Array.from(part));
  return tensor(values as Scalar[], size === undefined ? [rows] : [rows, Number(size)], dtype);
}

interface Reading {
  readonly column: ArrowColumn;
  readonly name: string;
  readonly filling: Scalar | undefined;
  /** How many values stand for a null. */
  readonly width: number;
}

/** Values in JavaScript, without nulls. */
function valuesOf({ column, name, filling, width }: Reading): ArrayLike<unknown> {
  const { nullCount } = column;
  if (nullCount === 0) return PLAIN.test(String(column.type)) ? (column.toArray() as ArrayLike<unknown>) : [...column];
  if (filling === undefined) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `fromArrow: column '${name}' has ${nullCount} nulls; say what stands for them by defaults: { ${name}: … }.`,
    );
  }
  const filled = width === 1 ? filling : Array<Scalar>(width).fill(filling);
  return Array.from(column, (value) => value ?? filled);
}

/** Lists one after the other. */
function listed(rows: ArrayLike<unknown>, read: (column: ArrowColumn) => ArrayLike<unknown>): unknown[] {
  return Array.from(rows).flatMap((row) => Array.from(Array.isArray(row) ? row : read(row as ArrowColumn)));
}
