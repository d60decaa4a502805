import { readFile, stat } from 'node:fs/promises';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { decode } from '../proto/codec.js';
import { BundleEntryProtoSchema, BundleHeaderProtoSchema } from '../proto/saved-model.js';
import { type DType, dtypeName } from './dtype.js';

/** A tensor of a checkpoint. */
export interface CheckpointEntry {
  dtype: DType;
  shape: readonly number[];
}

/** Last bytes of a table file, LevelDB's magic number; the footer before it has two block handles. */
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
const FOOTER = 48;
/** What Python's object-based checkpoints describe themselves with. */
const OBJECT_GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH';

/**
 * Names, dtypes and shapes of a checkpoint's tensors: its `.index` file, a table of LevelDB's format
 * (https://github.com/google/leveldb/blob/main/doc/table_format.md), and a look at its data files.
 *
 * @throws ERR_NOT_READABLE when a file is missing; ERR_FILE_FORMAT when it is damaged
 */
export async function readCheckpointIndex(prefix: string): Promise<Map<string, CheckpointEntry>> {
  const file = `${prefix}.index`;
  const bytes = await readFile(file).catch((error) => {
    throw new TensorFlowError(
      'ERR_NOT_READABLE',
      `There is no checkpoint '${prefix}': ${messageOf(error)}. Give the name without .index.`,
      { cause: error },
    );
  });
  try {
    const table = readTable(bytes);
    const { numShards } = decode(BundleHeaderProtoSchema, table.get('') ?? damaged('it has no header'));
    table.delete('');
    table.delete(OBJECT_GRAPH);
    const entries = [...table].map(([name, value]) => [name, decode(BundleEntryProtoSchema, value)] as const);
    await checkShards(prefix, numShards, entries);
    return new Map(
      entries.map(([name, { dtype, shape }]) => [
        name,
        { dtype: dtypeName(dtype), shape: (shape?.dim ?? []).map(({ size }) => Number(size)) },
      ]),
    );
  } catch (error) {
    if (error instanceof TensorFlowError && error.code === 'ERR_NOT_READABLE') throw error;
    throw new TensorFlowError('ERR_FILE_FORMAT', `${file} is no checkpoint index, or damaged: ${messageOf(error)}.`, {
      cause: error,
    });
  }
}

type Entries = readonly (readonly [string, { shardId: number; offset: bigint; size: bigint }])[];

/** Refuses a checkpoint whose data files are missing or shorter than the index says. */
async function checkShards(prefix: string, count: number, entries: Entries): Promise<void> {
  const needed = new Map<number, bigint>();
  for (const [, { shardId, offset, size }] of entries) {
    if (shardId < 0 || shardId >= count || offset < 0n || size < 0n) damaged('a tensor lies outside of its data files');
    needed.set(shardId, max(needed.get(shardId) ?? 0n, offset + size));
  }
  for (const [shard, bytes] of needed) {
    const file = `${prefix}.data-${padded(shard)}-of-${padded(count)}`;
    const found = await stat(file).catch((error) => {
      throw new TensorFlowError('ERR_NOT_READABLE', `The checkpoint's data file is missing: ${messageOf(error)}.`, {
        cause: error,
      });
    });
    if (found.size < bytes) damaged(`${file} has ${found.size} bytes where ${bytes} are needed`);
  }
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const padded = (shard: number): string => String(shard).padStart(5, '0');

function damaged(how: string): never {
  throw new TensorFlowError('ERR_FILE_FORMAT', how);
}

/** All keys and values of a table. */
function readTable(bytes: Uint8Array): Map<string, Uint8Array> {
  if (bytes.length < FOOTER || Buffer.compare(bytes.subarray(-MAGIC.length), MAGIC) !== 0)
    damaged('its end is missing');
  const footer = new Cursor(bytes.subarray(-FOOTER));
  footer.handle(); // the block of filters, unused here
  const blocks = readBlock(blockAt(bytes, footer.handle()));
  const handles = blocks.map(([, value]) => new Cursor(value).handle());
  return new Map(handles.flatMap((handle) => readBlock(blockAt(bytes, handle))));
}

function blockAt(bytes: Uint8Array, [offset, size]: [number, number]): Uint8Array {
  if (offset + size + 1 > bytes.length) damaged('a block lies outside of it');
  if (bytes[offset + size] !== 0) damaged('it is compressed');
  return bytes.subarray(offset, offset + size);
}

/** Entries of a block: each key repeats the start of the one before. */
function readBlock(block: Uint8Array): [string, Uint8Array][] {
  if (block.length < 4) damaged('a block is too short');
  const restarts = new DataView(block.buffer, block.byteOffset + block.length - 4, 4).getUint32(0, true);
  const end = block.length - 4 * (restarts + 1);
  if (end < 0) damaged('a block is too short');
  const cursor = new Cursor(block.subarray(0, end));
  const entries: [string, Uint8Array][] = [];
  let key = Buffer.alloc(0);
  while (!cursor.atEnd) {
    const [shared, rest, size] = [cursor.varint(), cursor.varint(), cursor.varint()];
    if (shared > key.length) damaged('a key is broken');
    key = Buffer.concat([key.subarray(0, shared), cursor.take(rest)]);
    entries.push([key.toString('utf8'), cursor.take(size)]);
  }
  return entries;
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) damaged('it ends too early');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 49; scale *= 128) {
      const [byte = 0] = this.take(1);
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return damaged('a number is too long');
  }

  handle(): [offset: number, size: number] {
    return [this.varint(), this.varint()];
  }
}
