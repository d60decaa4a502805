import { constants } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type DType, newArray, type TypedArray, viewOf } from '../../core/dtype.js';
import { fromBfloat16, fromFloat16 } from '../../core/half.js';
import type { Tensor } from '../../core/tensor.js';
import { codeOf, messageOf, TensorFlowError } from '../../errors/errors.js';
import { filledTensor } from '../filled-tensor.js';
import { replaceFile } from './replace-file.js';
import { type Slab, slabs } from './slabs.js';
import { Hdf5Thread } from './thread.js';

/** Bytes sent between the threads at once; copying them takes less than a millisecond. */
const SLAB_BYTES = 2 ** 20;
const PACKED_SLAB_BYTES = 32 * 2 ** 20;
/** Deflate's best: a compressed dataset cannot be more than this much larger than the file it is in. */
const BEST_COMPRESSION = 1032;
/** libhdf5 loops for ever in some damaged files. No slab of a good file takes nearly as long as this. */
const STALL_MS = 30_000;
/** Keras splits a list of names that is larger than what fits an object header. */
const NAMES_LIMIT = 64_512;

/** An array in a file. On writing, `data` can be made when its turn comes. */
export interface H5Array {
  dtype: DType;
  shape: readonly number[];
  data: TypedArray;
}

/** Elements that are asked for part by part, in order, so that they need not be in memory at once. */
export interface H5Parts {
  part(start: number, length: number): Promise<TypedArray>;
}

export type H5Source = Omit<H5Array, 'data'> & { data: TypedArray | (() => Promise<TypedArray | H5Parts>) };

/** What h5wasm says about a dataset; `type` is HDF5's class number. */
interface Description {
  type: number;
  size: number;
  signed: boolean;
  shape: number[] | null;
  chunks: number[] | null;
  filters: { id: number; name: string }[];
  virtual_sources?: unknown[];
}

interface ElementType {
  type: number;
  size: number;
  signed: boolean;
}

const INTEGER = 0;
const FLOAT = 1;
const OPAQUE = 5;
const ENUM = 8;
/** deflate, shuffle, fletcher32, nbit, scaleoffset: the filters that the library has without plug-ins. */
const FILTERS = new Set([1, 2, 3, 5, 6]);

/** How each dtype is stored. h5wasm cannot make 16-bit floats: those are stored as float32, which holds them exactly. */
const STORED: Partial<Record<DType, ElementType>> = {
  float16: { type: FLOAT, size: 4, signed: false },
  bfloat16: { type: FLOAT, size: 4, signed: false },
  float32: { type: FLOAT, size: 4, signed: false },
  float64: { type: FLOAT, size: 8, signed: false },
  int8: { type: INTEGER, size: 1, signed: true },
  int16: { type: INTEGER, size: 2, signed: true },
  int32: { type: INTEGER, size: 4, signed: true },
  int64: { type: INTEGER, size: 8, signed: true },
  bool: { type: INTEGER, size: 1, signed: false },
  uint8: { type: INTEGER, size: 1, signed: false },
  uint16: { type: INTEGER, size: 2, signed: false },
  uint32: { type: INTEGER, size: 4, signed: false },
  uint64: { type: INTEGER, size: 8, signed: false },
};

const WIDEN: Partial<Record<DType, (bits: number) => number>> = { float16: fromFloat16, bfloat16: fromBfloat16 };

function dtypeOf({ type, size, signed }: ElementType): DType | undefined {
  // NumPy has no bfloat16, so Keras stores it as pairs of bytes without a meaning.
  if (type === OPAQUE) return size === 2 ? 'bfloat16' : undefined;
  if (type === ENUM) return size === 1 ? 'bool' : undefined;
  const name = type === FLOAT ? `float${size * 8}` : type === INTEGER ? `${signed ? '' : 'u'}int${size * 8}` : '';
  return name === 'float16' || name in STORED ? (name as DType) : undefined;
}

function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Whole numbers as the library wants them; null for a scalar, which has no part. */
function box({ offset, count }: Slab): [bigint[] | null, bigint[] | null] {
  return offset.length === 0 ? [null, null] : [offset.map(BigInt), count.map(BigInt)];
}

/** Reads one HDF5 file. Paths are absolute (`/model_weights/conv1`); nothing is followed out of the file. */
export class H5Reader {
  readonly #thread: Hdf5Thread;
  readonly #file: string;
  readonly #fileBytes: number;
  /** Bytes that the datasets met so far must have in the file at least. */
  #claimed = 0;
  readonly #met = new Set<string>();

  constructor(thread: Hdf5Thread, file: string, fileBytes: number) {
    this.#thread = thread;
    this.#file = file;
    this.#fileBytes = fileBytes;
  }

  /** An error that says where in the file something is wrong. */
  damaged(place: string, what: string, cause?: unknown): TensorFlowError {
    return new TensorFlowError(
      'ERR_FILE_FORMAT',
      `"${this.#file}" is damaged or not a Keras file: at "${place}", ${what}.`,
      {
        cause,
      },
    );
  }

  async #call<T>(place: string, op: string, ...args: unknown[]): Promise<T> {
    try {
      return await this.#thread.call<T>(op, args);
    } catch (error) {
      throw this.damaged(place, messageOf(error), error);
    }
  }

  /** Whether `path` is a group or dataset of this file. Broken links and links into other files are refused. */
  async has(path: string): Promise<boolean> {
    const kind = await this.#call<string | null>(path, 'kind', path);
    if (kind === null) return false;
    if (kind !== 'group' && kind !== 'dataset') throw this.damaged(path, `there is a ${kind}`);
    return true;
  }

  /** As {@link has}, of a place that must not be a link to another one. */
  async hasOwn(path: string): Promise<boolean> {
    if (!(await this.has(path))) return false;
    if (await this.#call<boolean>(path, 'isLink', path)) throw this.damaged(path, 'there is a link');
    return true;
  }

  /** Names in a group. */
  children(path: string): Promise<string[]> {
    return this.#call(path, 'names', path);
  }

  /** Shape and dtype of a dataset, without its data. */
  async describe(path: string): Promise<Omit<H5Array, 'data'>> {
    if (!(await this.has(path))) throw this.damaged(path, 'there is no dataset');
    const { dtype, shape } = this.#accept(path, await this.#call<Description>(path, 'describe', path));
    return { dtype, shape };
  }

  /** A text attribute, or undefined where there is none. */
  async text(path: string, name: string): Promise<string | undefined> {
    const value = await this.#strings(path, name);
    if (Array.isArray(value)) throw this.damaged(path, `attribute "${name}" is a list, not one string`);
    return value ?? undefined;
  }

  /**
   * A list of names, whole or split over `<name>0`, `<name>1` …; undefined where there is none.
   */
  async names(path: string, name: string): Promise<string[] | undefined> {
    const whole = await this.#strings(path, name);
    if (whole !== null) return [whole].flat();
    const parts: string[] = [];
    for (let i = 0; ; i++) {
      const part = await this.#strings(path, `${name}${i}`);
      if (part === null) return i === 0 ? undefined : parts;
      parts.push(...[part].flat());
    }
  }

  #strings(path: string, name: string): Promise<string | string[] | null> {
    return this.#call(path, 'strings', path, name, this.#fileBytes);
  }

  /** A whole dataset, in the library's slabs, so that neither thread holds it twice. */
  async array(path: string): Promise<H5Array> {
    const { dtype, shape, bytes: size, fill } = await this.#contents(path);
    const bytes = new Uint8Array(this.#room(path, size));
    await fill(bytes);
    return { dtype, shape, data: viewOf(dtype, bytes.buffer) };
  }

  /** As {@link array}, in memory that TensorFlow can use as it is. */
  async tensor(path: string): Promise<Tensor> {
    const { dtype, shape, bytes, fill } = await this.#contents(path);
    try {
      return await filledTensor(dtype, shape, fill);
    } catch (error) {
      throw codeOf(error) === 'TF_RESOURCE_EXHAUSTED' ? this.#noRoom(path, bytes, error) : error;
    }
  }

  async #contents(path: string) {
    if (!(await this.has(path))) throw this.damaged(path, 'there is no dataset');
    const described = await this.#call<Description>(path, 'describe', path);
    const { size, filters, chunks } = described;
    const { dtype, shape } = this.#accept(path, described);
    const packed = filters.length > 0;
    const limit = (packed ? PACKED_SLAB_BYTES : SLAB_BYTES) / size;
    const fill = async (bytes: Uint8Array): Promise<void> => {
      for (const slab of slabs(shape, limit, packed ? chunks : null)) {
        const piece = await this.#call<Uint8Array>(path, 'read', path, slab.length * size, ...box(slab));
        bytes.set(piece, slab.start * size);
      }
    };
    return { dtype, shape, bytes: elementsOf(shape) * size, fill };
  }

  /** Refuses what cannot be in a file of this size before any memory is taken for it. */
  #accept(path: string, described: Description): { dtype: DType; shape: number[] } {
    const { shape, filters } = described;
    const dtype = dtypeOf(described);
    if (!dtype) throw this.damaged(path, 'the elements are neither numbers nor booleans that a weight can have');
    if (!shape) throw this.damaged(path, 'the dataset is empty');
    if (described.virtual_sources) throw this.damaged(path, 'the data is in other files');
    const unknown = filters.find(({ id }) => !FILTERS.has(id));
    if (unknown) throw this.damaged(path, `the data is packed with "${unknown.name}", which only a plug-in can unpack`);
    const claim = (elementsOf(shape) * described.size) / (filters.length > 0 ? BEST_COMPRESSION : 1);
    if (!this.#met.has(path)) this.#claimed += claim;
    this.#met.add(path);
    if (!(this.#claimed <= this.#fileBytes)) {
      throw this.damaged(path, `the declared shape [${shape}] needs more data than the file has`);
    }
    return { dtype, shape };
  }

  #room(path: string, bytes: number): ArrayBuffer {
    try {
      // Why a Buffer: unlike a new ArrayBuffer it is not filled with zeros first, which stops the event loop for a while.
      return bytes > constants.MAX_LENGTH
        ? new ArrayBuffer(bytes)
        : (Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer);
    } catch (error) {
      throw this.#noRoom(path, bytes, error);
    }
  }

  #noRoom(path: string, bytes: number, cause: unknown): TensorFlowError {
    return this.damaged(path, `there is no memory for ${bytes} bytes`, cause);
  }
}

/** Writes one new HDF5 file, like h5py does with Keras: contiguous, not compressed, variable-length strings. */
export class H5Writer {
  readonly #thread: Hdf5Thread;
  readonly #file: string;
  readonly #groups = new Set<string>(['']);

  constructor(thread: Hdf5Thread, file: string) {
    this.#thread = thread;
    this.#file = file;
  }

  async #call(place: string, op: string, args: unknown[], transfer?: ArrayBuffer[]): Promise<void> {
    try {
      await this.#thread.call(op, args, transfer);
    } catch (error) {
      const message = `"${this.#file}" cannot be written: at "${place}", ${messageOf(error)}.`;
      throw new TensorFlowError('ERR_NOT_WRITABLE', message, { cause: error });
    }
  }

  /** A group and the groups above it, where they do not exist yet. */
  async group(path: string): Promise<void> {
    if (this.#groups.has(path)) return;
    await this.group(path.slice(0, path.lastIndexOf('/')));
    await this.#call(path, 'createGroup', [path]);
    this.#groups.add(path);
  }

  async text(path: string, name: string, value: string): Promise<void> {
    await this.#call(path, 'setStrings', [path, name, value]);
  }

  /** A list of names, split as Keras splits it where it is too long for one attribute. */
  async names(path: string, name: string, values: readonly string[]): Promise<void> {
    const parts = splitNames(values);
    for (const [i, part] of parts.entries()) {
      await this.#call(path, 'setStrings', [path, parts.length === 1 ? name : `${name}${i}`, part]);
    }
  }

  /** @throws TensorFlowError `ERR_SHAPE`, `ERR_DTYPE`, `ERR_NOT_WRITABLE`; what a lazy `data` throws, unchanged */
  async array(path: string, { dtype, shape, data: given }: H5Source): Promise<void> {
    const stored = STORED[dtype];
    if (!stored) throw new TensorFlowError('ERR_DTYPE', `"${path}" is ${dtype}, which an HDF5 weight cannot be.`);
    await this.group(path.slice(0, path.lastIndexOf('/')));
    await this.#call(path, 'createDataset', [path, stored, shape]);
    const data = typeof given === 'function' ? await given() : given;
    const parts = 'part' in data ? data : wholeArray(path, dtype, shape, data);
    for (const slab of slabs(shape, SLAB_BYTES / stored.size)) {
      const bytes = copy(dtype, await parts.part(slab.start, slab.length));
      await this.#call(path, 'write', [path, bytes, ...box(slab)], [bytes.buffer]);
    }
  }
}

/** @throws TensorFlowError `ERR_DTYPE`, `ERR_SHAPE` for an array that is not of this dtype and shape */
function wholeArray(path: string, dtype: DType, shape: readonly number[], data: TypedArray): H5Parts {
  if (data.constructor !== newArray(dtype, 0).constructor) {
    throw new TensorFlowError('ERR_DTYPE', `"${path}" is ${dtype}, but its data is a ${data.constructor.name}.`);
  }
  if (data.length !== elementsOf(shape)) {
    const message = `"${path}" of shape [${shape}] needs ${elementsOf(shape)} elements, but its data has ${data.length}.`;
    throw new TensorFlowError('ERR_SHAPE', message);
  }
  return { part: async (start, length) => data.subarray(start, start + length) };
}

/** The bytes of elements as they are stored, in memory of their own. */
function copy(dtype: DType, data: TypedArray): Uint8Array<ArrayBuffer> {
  const widen = WIDEN[dtype];
  if (widen) return new Uint8Array(Float32Array.from(data as Uint16Array, widen).buffer);
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** As many near-equal parts as needed; the width of a name is that of the longest, as in a NumPy array of bytes. */
function splitNames(values: readonly string[]): string[][] {
  const width = Math.max(0, ...values.map((value) => Buffer.byteLength(value)));
  if (width > NAMES_LIMIT) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `A name of ${width} bytes is too long for HDF5, which takes ${NAMES_LIMIT}.`,
    );
  }
  let parts = 1;
  while (Math.ceil(values.length / parts) * width > NAMES_LIMIT) parts += 1;
  const short = Math.floor(values.length / parts);
  const long = values.length % parts;
  return Array.from({ length: parts }, (_, i) => {
    const start = i * short + Math.min(i, long);
    return values.slice(start, start + short + (i < long ? 1 : 0));
  });
}

async function withThread<T>(stallMs: number | undefined, use: (thread: Hdf5Thread) => Promise<T>): Promise<T> {
  const thread = Hdf5Thread.take(stallMs);
  try {
    const result = await use(thread);
    thread.release();
    return result;
  } catch (error) {
    thread.end();
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error) => {
    throw new TensorFlowError('ERR_NOT_READABLE', `"${path}" cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  if (!found.isFile()) throw new TensorFlowError('ERR_NOT_READABLE', `"${path}" is not a file.`);
  return found.size;
}

/** Bytes of a file: an HDF5 file may lie within another, such as a zip archive. */
export interface FilePart {
  readonly offset: number;
  readonly size: number;
}

export interface ReadOptions {
  /** Milliseconds that one read of the library may take before the file is called damaged. Default 30,000. */
  stallMs?: number;
  /** Where in the file the HDF5 file is. Default: it is the whole file. */
  within?: FilePart | undefined;
  /** What errors call the file. Default: its path. */
  title?: string;
}

/**
 * Opens an HDF5 file, hands it to `read`, and closes it. The library runs on a thread of its own.
 *
 * @throws TensorFlowError `ERR_NOT_READABLE`, `ERR_FILE_FORMAT`
 */
export async function readH5<T>(
  path: string,
  read: (file: H5Reader) => Promise<T>,
  { stallMs = STALL_MS, within, title = path }: ReadOptions = {},
): Promise<T> {
  const bytes = within?.size ?? (await sizeOf(path));
  return withThread(stallMs, async (thread) => {
    await thread.call('open', [resolve(path), 'read', within ?? null]).catch((error) => {
      const message = `"${title}" is not a readable HDF5 file: ${messageOf(error)}.`;
      throw new TensorFlowError('ERR_FILE_FORMAT', message, { cause: error });
    });
    const result = await read(new H5Reader(thread, title, bytes));
    await thread.call('close', []);
    return result;
  });
}

/**
 * Writes an HDF5 file: to a temporary name beside `path`, which it takes when `write` has succeeded. A failure leaves
 * the old file as it was.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE`, and what `write` throws
 */
export async function writeH5(path: string, write: (file: H5Writer) => Promise<void>): Promise<void> {
  await replaceFile(path, (temporary) => createH5(temporary, path, write));
}

/**
 * Makes an HDF5 file at a temporary name, or at the end of a file that is there.
 *
 * @param title what errors call the file
 * @param offset where it begins in the file that is there
 */
export async function createH5(
  path: string,
  title: string,
  write: (file: H5Writer) => Promise<void>,
  offset?: number,
): Promise<void> {
  await withThread(undefined, async (thread) => {
    const failed = (error: unknown): never => {
      const message = `"${title}" cannot be written: ${messageOf(error)}.`;
      throw new TensorFlowError('ERR_NOT_WRITABLE', message, { cause: error });
    };
    const within = offset === undefined ? null : { offset, size: Number.POSITIVE_INFINITY };
    await thread.call('open', [resolve(path), 'create', within]).catch(failed);
    await write(new H5Writer(thread, title));
    await thread.call('close', []).catch(failed);
  });
}
