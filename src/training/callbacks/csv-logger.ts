import { appendFile, stat, truncate, writeFile } from 'node:fs/promises';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';

export interface CSVLoggerOptions {
  filename: string;
  /** Default `,`. */
  separator?: string;
  /** Go on with a file that is there. Default false: it is written anew. */
  append?: boolean;
}

/** How far the file was written, and its columns. */
interface Written {
  size: number;
  keys: string[] | undefined;
}

/**
 * Writes the logs of every epoch as a row of a CSV file (Keras `CSVLogger`): the epoch, then the metrics by name. A metric
 * that an epoch lacks is `NA`; without validation in the first epoch the columns of validation are there all the same.
 *
 * @throws ERR_NOT_WRITABLE before the first step
 * @example
 * csvLogger('training.csv', { append: true });
 */
export class CSVLogger extends Callback {
  readonly #options: Required<CSVLoggerOptions>;
  #keys: string[] | undefined;
  #size = 0;

  constructor(options: CSVLoggerOptions) {
    super();
    checkOptions('csvLogger', options, ['filename', 'separator', 'append']);
    this.#options = { separator: ',', append: false, ...options };
    if (!this.#options.filename) {
      throw new TensorFlowError('ERR_ARGUMENT', "csvLogger: give a filename, e.g. 'training.csv'.");
    }
  }

  override get state(): Written {
    return { size: this.#size, keys: this.#keys };
  }

  override set state({ size, keys }: Written) {
    this.#size = size;
    this.#keys = keys;
  }

  override async onTrainBegin(): Promise<void> {
    const { filename } = this.#options;
    this.#keys = undefined;
    await this.#writing(appendFile(filename, ''));
    this.#size = this.#options.append ? (await stat(filename)).size : 0;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { size } = await stat(this.#options.filename).catch(() => ({ size: 0 }));
    this.#size = Math.min(this.#size, size);
    const keys = this.#keys ?? columns(logs);
    const header = this.#size === 0 ? this.#line(['epoch', ...keys]) : '';
    const row = this.#line([epoch, ...keys.map((key) => logs[key] ?? 'NA')]);
    this.#keys = keys;
    await this.#writing(this.#write(header + row));
  }

  /** Why not just appended: rows after the last backup are written again when a run goes on from it. */
  async #write(text: string): Promise<void> {
    const { filename } = this.#options;
    if (this.#size === 0) await writeFile(filename, text);
    else {
      await truncate(filename, this.#size);
      await appendFile(filename, text);
    }
    this.#size += Buffer.byteLength(text);
  }

  #line(cells: readonly (string | number)[]): string {
    return `${cells.map((cell) => quoted(String(cell), this.#options.separator)).join(this.#options.separator)}\n`;
  }

  async #writing(work: Promise<void>): Promise<void> {
    await work.catch((cause) => {
      const { filename } = this.#options;
      throw new TensorFlowError(
        'ERR_NOT_WRITABLE',
        `csvLogger: '${filename}' cannot be written: ${messageOf(cause)}. Choose another filename.`,
        { cause },
      );
    });
  }
}

/** Keras' rule. */
function columns(logs: Logs): string[] {
  const keys = Object.keys(logs).sort();
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

function quoted(cell: string, separator: string): string {
  return cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
