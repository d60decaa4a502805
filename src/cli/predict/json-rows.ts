import { open } from 'node:fs/promises';
import { isBigInt } from '../../core/dtype.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { parseJson } from '../../serving/http/json/parse-json.js';
import { fromRows } from '../../serving/http/predict-json.js';
import type { ServedSignature } from '../../serving/repository/servable.js';
import { countLines } from './lines.js';
import type { RowBatch, RowSource } from './rows.js';

/**
 * A line of JSON for each row, as a server takes its instances: `{"x": [1, 2]}`, or `[1, 2]` where there is one input.
 * Empty lines are none.
 *
 * @throws ERR_FILE_FORMAT, while reading, naming the line
 */
export async function jsonRows(file: string, stamp: string, { inputs }: ServedSignature): Promise<RowSource> {
  const exact = Object.values(inputs).some(({ dtype }) => isBigInt(dtype));
  const read = (lines: readonly Line[]): RowBatch => {
    const rows = lines.map((line) => attempt(line, () => parseJson(line.text, exact)));
    const [first, last] = [lines[0], lines.at(-1)];
    const where = first === last ? `${first?.number}` : `${first?.number} … ${last?.number}`;
    return { rows: rows.length, inputs: attempt({ number: where }, () => fromRows(rows, inputs)) };
  };
  const attempt = <T>({ number }: { number: number | string }, work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw new TensorFlowError('ERR_FILE_FORMAT', `predict: '${file}', line ${number}: ${messageOf(cause)}`, {
        cause,
      });
    }
  };
  return {
    stamp,
    total: await countLines(file),
    async *batches(skip, batchSize) {
      let lines: Line[] = [];
      for await (const line of linesOf(file, skip)) {
        lines.push(line);
        if (lines.length < batchSize) continue;
        yield read(lines);
        lines = [];
      }
      if (lines.length > 0) yield read(lines);
    },
  };
}

interface Line {
  readonly number: number;
  readonly text: string;
}

async function* linesOf(file: string, skip: number): AsyncGenerator<Line> {
  await using opened = await open(file);
  let number = 0;
  let rows = 0;
  for await (const text of opened.readLines()) {
    number++;
    if (text.trim() !== '' && rows++ >= skip) yield { number, text };
  }
}
