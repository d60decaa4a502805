import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { checksum } from './checksum.js';

/** Greatest number that the fields of 1989 hold; this one says that zip64's field has the number. */
const MAX_32 = 0xffffffff;
const MAX_16 = 0xffff;
/** First of January 1980: the same model is the same file. */
const DATE = 0x21;
const UTF8_NAMES = 0x800;
const ZIP64_VERSION = 45;

interface Member {
  readonly name: Buffer;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
}

/**
 * Writes a zip archive in which nothing is packed. A member may be written in place, in any order of its bytes, so that
 * a model need not be on the disk twice, or in memory: no package does that.
 */
export class ZipWriter {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #members: Member[] = [];
  #end = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** An archive at a path where no file is, with what `write` puts into it. */
  static async write(path: string, write: (zip: ZipWriter) => Promise<void>): Promise<void> {
    await using file = await open(path, 'wx+');
    const zip = new ZipWriter(path, file);
    await write(zip);
    await zip.#finish();
  }

  /** A member of some chunks, one after the other. */
  async add(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const { name: bytes, offset } = await this.#begin(name);
    let crc = 0;
    let at = this.#end;
    for await (const chunk of chunks) {
      await this.#file.write(chunk, 0, chunk.length, at);
      crc = crc32(chunk, crc);
      at += chunk.length;
    }
    await this.#close({ name: bytes, offset, size: at - this.#end, crc });
  }

  /** A member that `write` makes in the archive's file, from an offset to the end. */
  async addInPlace(name: string, write: (path: string, offset: number) => Promise<void>): Promise<void> {
    const { name: bytes, offset } = await this.#begin(name);
    await write(this.#path, this.#end);
    const size = (await this.#file.stat()).size - this.#end;
    await this.#close({ name: bytes, offset, size, crc: await checksum(this.#file, this.#end, size) });
  }

  async #begin(name: string): Promise<{ name: Buffer; offset: number }> {
    const offset = this.#end;
    const bytes = Buffer.from(name);
    await this.#append(localHeader({ name: bytes, offset, size: 0, crc: 0 }));
    return { name: bytes, offset };
  }

  async #close(member: Member): Promise<void> {
    const header = localHeader(member);
    await this.#file.write(header, 0, header.length, member.offset);
    this.#members.push(member);
    this.#end += member.size;
  }

  async #finish(): Promise<void> {
    const start = this.#end;
    for (const member of this.#members) await this.#append(centralHeader(member));
    await this.#append(endOfArchive(this.#members.length, start, this.#end - start));
  }

  async #append(bytes: Buffer): Promise<void> {
    await this.#file.write(bytes, 0, bytes.length, this.#end);
    this.#end += bytes.length;
  }
}

/** Always with zip64's sizes, since the header is there before the size is known. */
function localHeader({ name, size, crc }: Member): Buffer {
  return Buffer.concat([
    fields([4, 0x04034b50], [2, ZIP64_VERSION], ...common(crc), [4, MAX_32], [4, MAX_32], [2, name.length], [2, 20]),
    name,
    fields([2, 1], [2, 16], [8, size], [8, size]),
  ]);
}

function centralHeader({ name, offset, size, crc }: Member): Buffer {
  const large = [...(size >= MAX_32 ? [size, size] : []), ...(offset >= MAX_32 ? [offset] : [])];
  const extra = large.length > 0 ? fields([2, 1], [2, 8 * large.length], ...large.map((n) => [8, n] as const)) : '';
  const [shown, at] = [Math.min(size, MAX_32), Math.min(offset, MAX_32)];
  const sizes = [[4, shown], [4, shown], [2, name.length], [2, extra.length]] as const; // biome-ignore format: a row
  const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, at]] as const; // biome-ignore format: a row
  return Buffer.concat([
    fields([4, 0x02014b50], [2, ZIP64_VERSION], [2, ZIP64_VERSION], ...common(crc), ...sizes, ...rest),
    name,
    Buffer.from(extra),
  ]);
}

/** Flags, packing (none), time, date, checksum. */
function common(crc: number): [number, number][] {
  return [[2, UTF8_NAMES], [2, 0], [2, 0], [2, DATE], [4, crc]]; // biome-ignore format: a row
}

function endOfArchive(count: number, start: number, size: number): Buffer {
  const end = fields(
    [4, 0x06054b50],
    [4, 0],
    [2, Math.min(count, MAX_16)],
    [2, Math.min(count, MAX_16)],
    [4, Math.min(size, MAX_32)],
    [4, Math.min(start, MAX_32)],
    [2, 0],
  );
  if (count < MAX_16 && start < MAX_32 && size < MAX_32) return end;
  const record = fields([4, 0x06064b50], [8, 44], [2, ZIP64_VERSION], [2, ZIP64_VERSION], [4, 0], [4, 0]);
  const numbers = fields([8, count], [8, count], [8, size], [8, start]);
  const locator = fields([4, 0x07064b50], [4, 0], [8, start + size], [4, 1]);
  return Buffer.concat([record, numbers, locator, end]);
}

/** Numbers of so many bytes, little-endian. */
function fields(...numbers: readonly (readonly [bytes: number, value: number])[]): Buffer {
  const out = Buffer.alloc(numbers.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of numbers) {
    if (bytes === 8) out.writeBigUInt64LE(BigInt(value), at);
    else out.writeUIntLE(value, at, bytes);
    at += bytes;
  }
  return out;
}
