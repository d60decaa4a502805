import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import type * as yauzl from 'yauzl';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { FilePart } from '../hdf5/container.js';
import { checksum } from './checksum.js';

/** A member much larger than its packed bytes is a bomb; small ones may be anything. As Python Keras has it. */
const BOMB_FLOOR = 2 ** 24;
const BEST_COMPRESSION = 100;
const OTHER_SUM = 'its bytes do not have the checksum that the archive says';

/** Bytes of a member, where they can be read at any place: in the archive itself, or unpacked. */
export interface MemberBytes {
  readonly path: string;
  readonly within: FilePart;
}

/**
 * Reads one zip archive. What is stored is read where it is; what is packed is unpacked to a temporary folder. A member's
 * checksum is compared before its bytes are given.
 */
export class ZipReader {
  readonly #path: string;
  readonly #zip: yauzl.ZipFile;
  readonly #members: ReadonlyMap<string, yauzl.Entry>;
  #folder: string | undefined;

  constructor(path: string, zip: yauzl.ZipFile, members: ReadonlyMap<string, yauzl.Entry>) {
    this.#path = path;
    this.#zip = zip;
    this.#members = members;
  }

  get names(): string[] {
    return [...this.#members.keys()];
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** A small member, such as a JSON file. */
  async bytes(name: string, limit: number): Promise<Buffer> {
    const entry = this.#member(name);
    if (entry.uncompressedSize > limit) {
      throw this.damaged(name, `it declares ${entry.uncompressedSize} bytes, more than the ${limit} it may have`);
    }
    const chunks: Buffer[] = [];
    await this.#read(entry, (chunk) => chunks.push(chunk));
    return Buffer.concat(chunks);
  }

  /** A member's bytes, to be read in any order. */
  async open(name: string): Promise<MemberBytes> {
    const entry = this.#member(name);
    if (entry.compressionMethod !== 0) return this.#unpacked(entry);
    const { fileDataStart } = await this.#guarded(name, () =>
      this.#zip.readLocalFileHeaderPromise(entry, { minimal: true }),
    );
    const within = { offset: fileDataStart, size: entry.uncompressedSize };
    const sum = await this.#guarded(name, async () => {
      await using file = await open(this.#path, 'r');
      return await checksum(file, within.offset, within.size);
    });
    if (sum !== entry.crc32) throw this.damaged(name, OTHER_SUM);
    return { path: this.#path, within };
  }

  /** An error that says which member is wrong. */
  damaged(name: string, what: string, cause?: unknown): TensorFlowError {
    const where = name === '' ? '' : `at '${name}', `;
    return new TensorFlowError('ERR_FILE_FORMAT', `'${this.#path}' is damaged: ${where}${what}.`, { cause });
  }

  async close(): Promise<void> {
    this.#zip.close();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  #member(name: string): yauzl.Entry {
    const entry = this.#members.get(name);
    if (!entry) throw this.damaged(name, 'there is no such member');
    if (entry.isEncrypted()) throw this.damaged(name, 'it is encrypted');
    if (!entry.canDecodeFileData()) throw this.damaged(name, `its packing ${entry.compressionMethod} is not known`);
    const { uncompressedSize: size, compressedSize: packed } = entry;
    if (size > BOMB_FLOOR && size > BEST_COMPRESSION * packed) {
      throw this.damaged(name, `${packed} packed bytes declare ${size} bytes`);
    }
    return entry;
  }

  async #unpacked(entry: yauzl.Entry): Promise<MemberBytes> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'unpacked-'));
    // Why a number: a member's name has no say in where files are written.
    const path = join(this.#folder, String(entry.relativeOffsetOfLocalHeader));
    const file = createWriteStream(path, { flags: 'wx' });
    await this.#read(entry, () => {}, file);
    return { path, within: { offset: 0, size: entry.uncompressedSize } };
  }

  async #read(entry: yauzl.Entry, use: (chunk: Buffer) => void, target?: NodeJS.WritableStream): Promise<void> {
    const { fileName: name } = entry;
    let sum = 0;
    const check = new Transform({
      highWaterMark: 2 ** 20,
      transform(chunk: Buffer, _, done) {
        sum = crc32(chunk, sum);
        use(chunk);
        done(null, target ? chunk : undefined);
      },
    });
    const stream = await this.#guarded(name, () => this.#zip.openReadStreamPromise(entry));
    await this.#guarded(name, () => (target ? pipeline(stream, check, target) : pipeline(stream, check.resume())));
    if (sum !== entry.crc32) throw this.damaged(name, OTHER_SUM);
  }

  async #guarded<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw this.damaged(name, messageOf(cause), cause);
    }
  }
}

/**
 * Opens a zip archive, hands it to `use`, and closes it. Names that lead out of a folder and names that come twice are
 * refused.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT
 */
export async function readZip<T>(path: string, use: (zip: ZipReader) => Promise<T>): Promise<T> {
  await stat(path).catch((cause) => {
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' cannot be read: ${messageOf(cause)}.`, { cause });
  });
  const reader = await openZip(path).catch((cause) => {
    const message = `'${path}' is no zip archive, or is damaged: ${messageOf(cause)}.`;
    throw new TensorFlowError('ERR_FILE_FORMAT', message, { cause });
  });
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

async function openZip(path: string): Promise<ZipReader> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  const members = new Map<string, yauzl.Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      if (members.has(entry.fileName)) throw new Error(`'${entry.fileName}' is there twice`);
      members.set(entry.fileName, entry);
    }
    return new ZipReader(path, zip, members);
  } catch (error) {
    zip.close();
    throw error;
  }
}
