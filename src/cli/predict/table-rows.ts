import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Output } from '../../core/output.js';
import type { TensorSpec } from '../../core/spec.js';
import { formatSpec } from '../../core/spec.js';
import type { Tensor } from '../../core/tensor.js';
import type { Dataset } from '../../data/dataset.js';
import { csv } from '../../data/dataset-csv.js';
import { tfrecord } from '../../data/dataset-files.js';
import { parseExample } from '../../data/example.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import type { ServedSignature, ServedTensor, ServedTensors } from '../../serving/repository/servable.js';
import { countLines } from './lines.js';
import type { RowSource } from './rows.js';

type Columns = Dataset<Record<string, TensorSpec>>;

/**
 * A row for each line of a CSV file: a column for each input, named in the first line; or, where the one input takes so
 * many numbers, all columns together, with or without names.
 *
 * @throws ERR_FILE_FORMAT for columns that are not the inputs'
 */
export async function csvRows(file: string, stamp: string, { inputs }: ServedSignature): Promise<RowSource> {
  const names = await firstFields(file);
  const header = names.some((name) => Number.isNaN(Number(name)));
  const dataset = byName(file, names, inputs) ?? allTogether(file, names, header, inputs);
  return rowsOf(dataset, stamp, (await countLines(file)) - (header ? 1 : 0));
}

function byName(file: string, names: readonly string[], inputs: ServedTensors): Columns | undefined {
  const entries = Object.entries(inputs);
  if (!entries.every(([name, spec]) => names.includes(name) && rowSize(spec) === 1)) return undefined;
  const columns = Object.fromEntries(entries.map(([name, spec]) => [name, dtypeInFile(spec)]));
  return csv(file, { columns }).map((row) =>
    Object.fromEntries(entries.map(([name, spec]) => [name, shaped(row[name] as Output, spec)])),
  ) as Columns;
}

function allTogether(file: string, names: readonly string[], header: boolean, inputs: ServedTensors): Columns {
  const [only, second] = Object.entries(inputs);
  if (!only || second || rowSize(only[1]) !== names.length || only[1].dtype === 'string') {
    const takes = Object.entries(inputs).map(([name, spec]) => `${name} ${formatSpec(spec)}`);
    throw new TensorFlowError(
      'ERR_FILE_FORMAT',
      `predict: '${file}' has the columns ${names.slice(0, 10).join(', ')}, the signature takes ${takes.join(', ')}; give a column for each input, or as many as its one input has numbers.`,
    );
  }
  const [name, spec] = only;
  const columns = Object.fromEntries(names.map((column, i) => [header ? column : `column ${i}`, dtypeInFile(spec)]));
  return csv(file, { columns, header }).map((row) => ({
    [name]: shaped(ops.stack(Object.values(row) as Output[]), spec),
  })) as Columns;
}

/**
 * A row for each tf.Example of a TFRecord file: a feature for each input; where the signature takes whole examples
 * (`inputs` or `examples`, strings), these.
 */
export function recordRows(file: string, stamp: string, { inputs }: ServedSignature): RowSource {
  const entries = Object.entries(inputs);
  const [only, second] = entries;
  const whole = only && !second && only[1].dtype === 'string' && ['inputs', 'examples'].includes(only[0]);
  const features = Object.fromEntries(
    entries.map(([name, spec]) => [name, { dtype: dtypeInFile(spec), shape: rowShape(spec) }]),
  );
  const dataset = tfrecord(file).map((record) => {
    if (whole) return { [only[0]]: record };
    const values = parseExample(record, features);
    return Object.fromEntries(entries.map(([name, spec]) => [name, shaped(values[name] as Output, spec)]));
  }) as Columns;
  return rowsOf(dataset, stamp, countRecords(file));
}

function rowsOf(dataset: Columns, stamp: string, total: number): RowSource {
  return {
    stamp,
    total,
    async *batches(skip, batchSize) {
      for await (const element of dataset.skip(skip).batch(batchSize).prefetch()) {
        const inputs = element as Record<string, Tensor>;
        yield { rows: Object.values(inputs)[0]?.shape[0] ?? 0, inputs };
      }
    },
  };
}

/** A record: its length in 8 bytes and their checksum, its bytes and their checksum. */
const RECORD = { head: 12, tail: 4 };

/** Of a file that is damaged, the records before the damage. */
function countRecords(file: string): number {
  const opened = openSync(file, 'r');
  try {
    const { size } = fstatSync(opened);
    const head = Buffer.alloc(RECORD.head);
    let count = 0;
    for (let at = 0; at < size && readSync(opened, head, 0, RECORD.head, at) === RECORD.head; count++) {
      at += RECORD.head + Number(head.readBigUInt64LE()) + RECORD.tail;
    }
    return count;
  } finally {
    closeSync(opened);
  }
}

async function firstFields(file: string): Promise<string[]> {
  await using opened = await open(file);
  for await (const line of opened.readLines())
    return line.split(',').map((field) => field.trim().replace(/^"|"$/g, ''));
  return [];
}

/** What files hold; it is cast to what the input takes. */
function dtypeInFile({ dtype }: ServedTensor): 'float32' | 'int64' | 'string' {
  if (dtype === 'string') return 'string';
  return /^(u?int|bool)/.test(dtype) ? 'int64' : 'float32';
}

function rowShape({ shape }: ServedTensor): (number | null)[] {
  return shape?.slice(1) ?? [];
}

function rowSize(spec: ServedTensor): number {
  return rowShape(spec).reduce((product: number, length) => product * (length ?? 1), 1);
}

function shaped(value: Output, spec: ServedTensor): Output {
  const cast = value.dtype === spec.dtype ? value : ops.cast(value, spec.dtype);
  return ops.reshape(
    cast,
    rowShape(spec).map((length) => length ?? -1),
  );
}
