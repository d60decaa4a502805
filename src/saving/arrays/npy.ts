import { type DType, newArray, type TypedArray } from '../../core/dtype.js';

/** NumPy's names of dtypes, little-endian. It has none for bfloat16. */
const DESCRIPTIONS: readonly (readonly [DType, string])[] = [
  ['float16', '<f2'],
  ['float32', '<f4'],
  ['float64', '<f8'],
  ['int8', '|i1'],
  ['int16', '<i2'],
  ['int32', '<i4'],
  ['int64', '<i8'],
  ['uint8', '|u1'],
  ['uint16', '<u2'],
  ['uint32', '<u4'],
  ['uint64', '<u8'],
  ['bool', '|b1'],
];

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
/** Bytes before the header's text, by the format's first version number. */
const FIRST = 10;
const PREFIX: Readonly<Record<number, number>> = { 1: FIRST, 2: 12, 3: 12 };
const ALIGNMENT = 64;

/** What stands before the elements of a `.npy` file. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Columns first: see {@link toRows}. */
  readonly fortran: boolean;
  /** Where the elements begin. */
  readonly start: number;
}

/** The header of an array, undefined for a dtype that NumPy does not have. */
export function npyHeader(dtype: DType, shape: readonly number[]): Buffer | undefined {
  const description = DESCRIPTIONS.find(([name]) => name === dtype)?.[1];
  if (!description) return undefined;
  const sizes = `${shape.join(', ')}${shape.length === 1 ? ',' : ''}`;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((FIRST + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = Buffer.alloc(length, ' ');
  MAGIC.copy(header);
  header.set([1, 0], MAGIC.length);
  header.writeUInt16LE(length - FIRST, MAGIC.length + 2);
  header.write(text, FIRST);
  header.write('\n', length - 1);
  return header;
}

/**
 * Reads a header.
 *
 * @param start the file's first bytes, as many as there are or 64 kB
 * @throws Error saying what is wrong
 */
export function parseNpyHeader(start: Buffer): NpyHeader {
  const prefix = PREFIX[start[MAGIC.length] ?? 0];
  if (!start.subarray(0, MAGIC.length).equals(MAGIC) || !prefix || start.length < prefix) {
    throw new Error('it is no array of NumPy');
  }
  const length = prefix === FIRST ? start.readUInt16LE(MAGIC.length + 2) : start.readUInt32LE(MAGIC.length + 2);
  if (prefix + length > start.length) throw new Error(`its header of ${length} bytes is not there`);
  const text = start.toString('latin1', prefix, prefix + length);
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || sizes === undefined) throw new Error('its header is damaged');
  const dtype = DESCRIPTIONS.find(([, name]) => name === descr)?.[0];
  if (!dtype) throw new Error(`its elements are '${descr}', which a weight cannot be`);
  const shape = sizes.split(',').filter((size) => size.trim() !== '').map(Number); // biome-ignore format: short
  return { dtype, shape, fortran: order === 'True', start: prefix + length };
}

/** Elements that stand columns first, rows first. */
export function toRows(data: TypedArray, dtype: DType, shape: readonly number[]): TypedArray {
  const rows = newArray(dtype, data.length);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  const index = shape.map(() => 0);
  for (let to = 0; to < data.length; to++) {
    rows[to] = data[index.reduce((at, i, axis) => at + i * (strides[axis] as number), 0)] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = ((index[axis] as number) + 1) % (shape[axis] as number);
      if (index[axis] !== 0) break;
    }
  }
  return rows;
}
