import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { checkWhole } from '../../data/batch-options.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { unknownName } from '../../errors/suggest.js';
import { namedRows } from '../../serving/http/predict-json.js';
import { loadServable, type Servable, type ServedSignature, type Tensors } from '../../serving/repository/servable.js';
import { usingResults } from '../../serving/using-results.js';
import { countingBar } from '../counting-bar.js';
import { jsonRows } from './json-rows.js';
import { pictureRows } from './picture-rows.js';
import { classNames } from './pictures.js';
import { ResultLines } from './result-lines.js';
import type { RowBatch, RowSource } from './rows.js';
import { csvRows, recordRows } from './table-rows.js';

export interface PredictRowsOptions {
  readonly input: string;
  readonly output: string;
  readonly signature: string;
  readonly batchSize: number;
  readonly classes?: string;
}

type Reader = (path: string, stamp: string, signature: ServedSignature) => RowSource | Promise<RowSource>;

const READERS: Readonly<Record<string, Reader>> = {
  '.jsonl': jsonRows,
  '.ndjson': jsonRows,
  '.csv': csvRows,
  '.tfrecord': recordRows,
  '.tfrecords': recordRows,
};

/**
 * Writes what a signature makes of all rows of a file or folder: a line of JSON each, with the outputs by name, and of
 * pictures the file, and of classes the best one. Memory does not grow with the rows.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT, ERR_DATA_EMPTY for the rows; ERR_UNKNOWN_NAME for the signature or the
 * ending of the file; ERR_NOT_WRITABLE; what a run throws
 */
export async function predictRows(path: string, options: PredictRowsOptions): Promise<void> {
  const { input, output, batchSize } = options;
  checkWhole('predict: --batch-size', batchSize, 1);
  const servable = await loadServable(path);
  const bar = countingBar('rows');
  try {
    const signature = servable.signatures.get(options.signature);
    if (!signature) throw unknownName('signature', options.signature, [...servable.signatures.keys()]);
    const source = await rowsOf(input, signature);
    const classes = options.classes === undefined ? undefined : await classNames(options.classes);
    const run = await runName([path, input, signature.name, classes, source.stamp]);
    await using results = await ResultLines.open(output, run);
    let { done } = results;
    if (done > 0) console.log(`Going on after ${done} rows that are there.`);
    for await (const batch of source.batches(done, batchSize)) {
      await results.add(await predicted(servable, signature, batch, classes));
      done += batch.rows;
      bar.update({ done, total: source.total });
    }
    await results.finish();
    bar.stop();
    console.log(`${done} rows predicted: ${output}`);
  } finally {
    bar.stop();
    servable.dispose();
  }
}

async function rowsOf(input: string, signature: ServedSignature): Promise<RowSource> {
  const found = await stat(input).catch((cause) => {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `predict: '${input}' cannot be read: ${messageOf(cause)}; check the path.`,
      { cause },
    );
  });
  if (found.isDirectory()) return pictureRows(input, signature);
  const ending = extname(input).toLowerCase();
  const reader = Object.hasOwn(READERS, ending) ? READERS[ending] : undefined;
  if (!reader) throw unknownName('ending of rows', ending, Object.keys(READERS));
  return reader(input, `${found.size}/${found.mtimeMs}`, signature);
}

/** The same for the same run, so that only it goes on where it stopped. */
async function runName([model, input, ...rest]: readonly [string, string, ...unknown[]]): Promise<string> {
  const files = [model, join(model, 'saved_model.pb'), join(model, 'variables', 'variables.index')];
  const stamps = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  const times = stamps.map((found) => found?.mtimeMs);
  const run = JSON.stringify([resolve(model), times, resolve(input), ...rest]);
  return createHash('sha256').update(run).digest('hex').slice(0, 12);
}

async function predicted(
  servable: Servable,
  { name }: ServedSignature,
  { inputs, rows, files }: RowBatch,
  classes: readonly string[] | undefined,
): Promise<string[]> {
  return usingResults(servable, name, inputs, (outputs) => {
    const texts = namedRows(outputs);
    if (texts.length !== rows) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `predict: ${rows} rows gave ${texts.length} results; this signature is not by rows.`,
      );
    }
    const labels = classes && labelsOf(outputs, rows, classes);
    return texts.map((text, row) => {
      const about = { ...(files && { file: files[row] }), ...labels?.[row] };
      const members = JSON.stringify(about).slice(1, -1);
      return members ? `{${members}, ${text.slice(1)}` : text;
    });
  });
}

interface Label {
  readonly label: string;
  readonly probability: number;
}

/** The best class of each row, by the first output that has a score for each class. */
function labelsOf(outputs: Tensors, rows: number, classes: readonly string[]): Label[] {
  const scores = Object.values(outputs).find(
    ({ shape }) => shape.length === 2 && shape[0] === rows && shape[1] === classes.length,
  );
  if (!scores) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `predict: no output has ${classes.length} scores, one for each of --classes.`,
    );
  }
  const values = scores.dataSync() as ArrayLike<number>;
  return Array.from({ length: rows }, (_, row) => {
    const at = (i: number): number => values[row * classes.length + i] ?? 0;
    const best = classes.reduce((best, _, i) => (at(i) > at(best) ? i : best), 0);
    return { label: classes[best] ?? '', probability: at(best) };
  });
}
