import { type FileHandle, open, rename } from 'node:fs/promises';
import { codeOf, messageOf, TensorFlowError } from '../../errors/errors.js';

const NEWLINE = 10;
const PIECE = 2 ** 20;

/**
 * A file of lines that is there whole or not at all: lines go to a file beside it, where a run that was cut off goes on,
 * and which takes its name when all are there.
 */
export class ResultLines implements AsyncDisposable {
  /** Lines that an earlier run wrote. */
  readonly done: number;
  readonly #path: string;
  readonly #part: string;
  readonly #file: FileHandle;
  #at: number;

  private constructor(path: string, part: string, file: FileHandle, { lines, bytes }: Whole) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
    this.done = lines;
    this.#at = bytes;
  }

  /**
   * @param run what the lines come from; a part of other lines is another file
   * @throws ERR_NOT_WRITABLE
   */
  static async open(path: string, run: string): Promise<ResultLines> {
    const part = `${path}.${run}.part`;
    try {
      const file = await open(part, 'r+').catch((error) => {
        if (codeOf(error) !== 'ENOENT') throw error;
        return open(part, 'w+');
      });
      const whole = await wholeLines(file);
      await file.truncate(whole.bytes);
      return new ResultLines(path, part, file, whole);
    } catch (cause) {
      throw new TensorFlowError(
        'ERR_NOT_WRITABLE',
        `predict: '${path}' cannot be written: ${messageOf(cause)}. Choose another path.`,
        { cause },
      );
    }
  }

  async add(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(`${lines.join('\n')}\n`);
    await this.#file.write(bytes, 0, bytes.length, this.#at);
    this.#at += bytes.length;
  }

  /** All lines are there. */
  async finish(): Promise<void> {
    await this.#file.sync();
    await rename(this.#part, this.#path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

interface Whole {
  readonly lines: number;
  readonly bytes: number;
}

/** The lines of a file that were written to their end. */
async function wholeLines(file: FileHandle): Promise<Whole> {
  const piece = Buffer.alloc(PIECE);
  let [lines, bytes] = [0, 0];
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(piece, 0, PIECE, at);
    if (bytesRead === 0) return { lines, bytes };
    for (let i = piece.indexOf(NEWLINE); i >= 0 && i < bytesRead; i = piece.indexOf(NEWLINE, i + 1)) {
      lines++;
      bytes = at + i + 1;
    }
    at += bytesRead;
  }
}
