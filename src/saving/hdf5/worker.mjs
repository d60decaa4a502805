// @ts-check
/**
 * The thread that holds libhdf5 (h5wasm). It answers one request at a time: `{ op, args }` → `{ value }` or `{ error }`.
 *
 * Why a thread: HDF5 calls are synchronous, and a damaged file can make the library abort, or loop for ever; here that
 * ends a thread, not the process. Why plain JavaScript: Node 20 loads no TypeScript in a worker.
 */
import { parentPort } from 'node:worker_threads';
import { ready } from 'h5wasm/node';

const hdf5 = await ready;
const STDERR = 2;
const NO_SUCH_FILE = 44;

/**
 * @typedef {{ fd: number }} Stream
 * @typedef {(stream: Stream, memory: Uint8Array, offset: number, length: number, position: number) => number} Transfer
 * @typedef {{ open(path: string, flags: number, mode?: number): unknown, read: Transfer, write: Transfer,
 *   fstat(fd: number): import('node:fs').Stats, ftruncate(fd: number, length: number): void,
 *   ErrnoError: new (errno: number) => Error }} FileSystem
 * @typedef {{ offset: number, size: number }} Part
 */
const fs = /** @type {FileSystem} */ (/** @type {unknown} */ (hdf5.FS));

/** The one file this thread may open: external links, external storage and plug-in folders find nothing. */
let allowed = '';
/** Where in that file the library's file is; null: it is the whole file. @type {Part | null} */
let part = null;
/** What libhdf5 prints about a failed call; it has no other way to say why. */
let complaints = '';

const { open, read, write, fstat, ftruncate } = fs;
/** O_CREAT, O_EXCL and O_TRUNC of the library's world: a part's file is there, and the rest of it stays. */
const MAKES_ANEW = 0o100 | 0o200 | 0o1000;
fs.open = (path, flags, mode) => {
  if (path !== allowed) throw new fs.ErrnoError(NO_SUCH_FILE);
  return open(path, part ? flags & ~MAKES_ANEW : flags, mode);
};
fs.read = (stream, into, offset, length, position) => {
  if (!part) return read(stream, into, offset, length, position);
  return read(stream, into, offset, Math.max(0, Math.min(length, part.size - position)), position + part.offset);
};
fs.write = (stream, from, offset, length, position) => {
  if (stream.fd !== STDERR) return write(stream, from, offset, length, part ? position + part.offset : position);
  complaints += new TextDecoder().decode(Uint8Array.from(from.subarray(offset, offset + length)));
  return length;
};
fs.fstat = (fd) => {
  const stat = fstat(fd);
  return part ? Object.assign(stat, { size: Math.min(part.size, Math.max(0, stat.size - part.offset)) }) : stat;
};
fs.ftruncate = (fd, length) => ftruncate(fd, part ? length + part.offset : length);

/** The innermost line of the library's error stack, without its source path; of a failed system call its reason. */
function innermostComplaint() {
  const line = [...complaints.matchAll(/\): (.+)$/gm)].at(-1)?.[1] ?? complaints.trim();
  const reason = /error message = '([^']+)'/.exec(complaints)?.[1];
  return reason ? line.replace(/: (time|name) = .*|$/, `: ${reason}`) : line;
}

const { H5T_STRING } = hdf5.H5T_class_t;
let file = 0n;

/**
 * Runs `use` with `bytes` bytes of the library's memory.
 * @template T
 * @param {number} bytes
 * @param {(pointer: number) => T} use
 * @returns {T}
 */
function withMemory(bytes, use) {
  const pointer = bytes < hdf5.MAXIMUM_MEMORY ? hdf5._malloc(Math.max(bytes, 1)) : 0;
  if (pointer === 0) throw new Error(`there is no memory for ${bytes} bytes`);
  try {
    return use(pointer);
  } finally {
    hdf5._free(pointer);
  }
}

/**
 * Bytes up to the first NUL. Always UTF-8: Keras puts UTF-8 into strings marked as ASCII.
 * @param {Uint8Array} bytes
 */
function text(bytes) {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** @param {number} pointer a C string in the library's memory, or 0 */
function cString(pointer) {
  return pointer === 0 ? '' : text(hdf5.HEAPU8.subarray(pointer));
}

/**
 * The strings of an attribute: null where there is no such attribute, one string for a scalar, else a list.
 * An attribute of numbers gives [] when it has no elements, which is how an empty list of names is stored.
 * @param {string} path
 * @param {string} name
 * @param {number} limit bytes that an attribute of this file can have
 */
function strings(path, name, limit) {
  if (!hdf5.get_attribute_names(file, path).includes(name)) return null;
  const { type, vlen, size, total_size: count, shape } = hdf5.get_attribute_metadata(file, path, name);
  if (count === 0 || !shape) return [];
  if (type !== H5T_STRING.value) throw new Error(`attribute "${name}" holds no strings`);
  const bytes = size * count;
  if (!(bytes > 0 && bytes <= limit))
    throw new Error(`attribute "${name}" declares ${bytes} bytes, more than the file has`);
  const values = withMemory(bytes, (pointer) => {
    if (hdf5.get_attribute_data(file, path, name, BigInt(pointer)) < 0) throw new Error(innermostComplaint());
    const raw = hdf5.HEAPU8.slice(pointer, pointer + bytes);
    if (!vlen) return Array.from({ length: count }, (_, i) => text(raw.subarray(i * size, (i + 1) * size)));
    const values = Array.from(new Uint32Array(raw.buffer), cString);
    hdf5.reclaim_vlen_memory(file, path, name, BigInt(pointer));
    return values;
  });
  return shape.length === 0 ? values[0] : values;
}

/** Strides for a box of `count`: every element. @param {bigint[] | null} count */
function ones(count) {
  return count?.map(() => 1n) ?? null;
}

/** @param {number} status of a call that says failure only by its number */
function check(status) {
  if (status < 0) throw new Error(innermostComplaint());
}

/** @type {Record<string, (...args: never[]) => unknown>} */
const operations = {
  /** @param {string} path @param {'read' | 'create'} mode @param {Part | null} within */
  open(path, mode, within) {
    allowed = path;
    part = within;
    const create = part ? hdf5.H5F_ACC_TRUNC : hdf5.H5F_ACC_EXCL;
    file = hdf5.open(path, mode === 'read' ? hdf5.H5F_ACC_RDONLY : create, false, -1, -1);
    if (file < 0n) throw new Error(innermostComplaint());
  },

  close() {
    const status = hdf5.close_file(file);
    allowed = '';
    check(status);
  },

  /** @param {string} path */
  kind(path) {
    const kind = hdf5.get_type(file, path);
    if (kind === hdf5.H5G_GROUP) return 'group';
    if (kind === hdf5.H5G_DATASET) return 'dataset';
    if (kind === hdf5.H5G_LINK) return 'broken link';
    if (kind === hdf5.H5G_UDLINK) return 'link into another file';
    return kind < 0 ? null : 'named type';
  },

  /** @param {string} path */
  isLink(path) {
    return hdf5.get_symbolic_link(file, path) !== null;
  },

  /** Names in a group. @param {string} path */
  names(path) {
    return hdf5.get_names(file, path, false);
  },

  strings,

  /** @param {string} path */
  describe(path) {
    return { ...hdf5.get_dataset_metadata(file, path), filters: hdf5.get_dataset_filters(file, path) };
  },

  /** @param {string} path @param {number} bytes @param {bigint[] | null} offset @param {bigint[] | null} count */
  read(path, bytes, offset, count) {
    return withMemory(bytes, (pointer) => {
      check(hdf5.get_dataset_data(file, path, count, offset, ones(count), BigInt(pointer)));
      return hdf5.HEAPU8.slice(pointer, pointer + bytes);
    });
  },

  /** @param {string} path */
  createGroup(path) {
    check(hdf5.create_group(file, path, false));
  },

  /** @param {string} path @param {string} name @param {string | string[]} value */
  setStrings(path, name, value) {
    const values = typeof value === 'string' ? [value] : value;
    const shape = typeof value === 'string' ? [] : [BigInt(values.length)];
    if (values.length === 0) {
      // An empty list is an array of no float64, as NumPy and so Keras have it.
      const metadata = {
        type: 1,
        size: 8,
        signed: false,
        vlen: false,
        littleEndian: true,
        total_size: 0,
        shape,
        maxshape: shape,
      };
      withMemory(8, (pointer) => check(hdf5.create_attribute(file, path, name, BigInt(pointer), metadata)));
      return;
    }
    const metadata = {
      type: H5T_STRING.value,
      size: 4,
      signed: false,
      vlen: true,
      cset: 0,
      littleEndian: true,
      total_size: values.length,
      shape,
      maxshape: shape,
    };
    check(hdf5.create_vlen_str_attribute(file, path, name, values, metadata));
  },

  /** @param {string} path @param {{ type: number, size: number, signed: boolean }} type @param {number[]} dims */
  createDataset(path, { type, size, signed }, dims) {
    const shape = dims.map(BigInt);
    const metadata = { type, size, signed, vlen: false, littleEndian: true, total_size: 0, shape, maxshape: shape };
    // Why no data: h5wasm would write all of it at once. It tries to write nothing, complains, and the dataset is there.
    hdf5.create_dataset(file, path, 0n, metadata);
    if (hdf5.get_type(file, path) !== hdf5.H5G_DATASET) throw new Error(innermostComplaint());
    complaints = '';
  },

  /** @param {string} path @param {Uint8Array} data @param {bigint[] | null} offset @param {bigint[] | null} count */
  write(path, data, offset, count) {
    withMemory(data.byteLength, (pointer) => {
      hdf5.HEAPU8.set(data, pointer);
      check(hdf5.set_dataset_data(file, path, count, offset, ones(count), BigInt(pointer)));
    });
  },
};

parentPort?.on('message', ({ op, args }) => {
  complaints = '';
  try {
    const value = operations[op]?.(.../** @type {never[]} */ (args));
    if (complaints) throw new Error(innermostComplaint());
    const transfer = value instanceof Uint8Array ? [/** @type {ArrayBuffer} */ (value.buffer)] : [];
    parentPort?.postMessage({ value }, transfer);
  } catch (error) {
    parentPort?.postMessage({
      error: innermostComplaint() || (error instanceof Error ? error.message : String(error)),
    });
  }
});
