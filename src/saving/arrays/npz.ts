import { open } from 'node:fs/promises';
import { dtypeBytes, type TypedArray } from '../../core/dtype.js';
import { fromBfloat16 } from '../../core/half.js';
import { sizeOf } from '../../core/shape.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import { messageOf } from '../../errors/errors.js';
import { type LoadWeightsOptions, registerFormat } from '../../models/formats.js';
import type { Model } from '../../models/model.js';
import { checkWritable, replaceFile } from '../hdf5/replace-file.js';
import { checkBuilt } from '../keras-model.js';
import { readZip, type ZipReader } from '../zip/zip-reader.js';
import { ZipWriter } from '../zip/zip-writer.js';
import { bytesOf, namedArrays, readElements, restoreArrays, type StoredArray } from './named-arrays.js';
import { npyHeader, parseNpyHeader, toRows } from './npy.js';

const END = '.npy';
const HEADER_LIMIT = 2 ** 16;

/**
 * Saves the weights as NumPy's `.npz`: `np.load('x.npz')['conv1/kernel']`. bfloat16, which NumPy does not have, becomes
 * float32.
 *
 * @throws ERR_NOT_WRITABLE, ERR_NOT_BUILT
 */
export async function saveNpz(model: Model, path: string): Promise<void> {
  checkBuilt(model);
  const arrays = namedArrays(model);
  await replaceFile(path, (temporary) =>
    ZipWriter.write(temporary, async (zip) => {
      for (const { name, variable } of arrays) {
        const data = (await variable.value()).dataSync() as TypedArray;
        const header = npyHeader(variable.dtype, variable.shape) ?? npyHeader('float32', variable.shape);
        const wide = variable.dtype === 'bfloat16' ? Float32Array.from(data as Uint16Array, fromBfloat16) : data;
        await zip.add(`${name}${END}`, [header as Buffer, bytesOf(wide)]);
      }
    }),
  );
}

/** Whether an archive holds arrays of NumPy. */
export function isNpz(path: string): Promise<boolean> {
  return readZip(path, async ({ names }) => names.length > 0 && names.every((name) => name.endsWith(END)));
}

/** The arrays of a `.npz`, which can be read as long as `use` runs. */
export function withNpz<T>(path: string, use: (stored: readonly StoredArray[]) => Promise<T>): Promise<T> {
  return readZip(path, async (zip) => {
    const stored: StoredArray[] = [];
    for (const name of zip.names) stored.push(await arrayOf(zip, name));
    return use(stored);
  });
}

/** All arrays of a `.npz`, by their names. */
export function readNpz(path: string): Promise<Record<string, Tensor>> {
  return withNpz(path, async (stored) => {
    const arrays: [string, Tensor][] = [];
    for (const { name, dtype, shape, read } of stored) arrays.push([name, tensor(await read(), shape, dtype)]);
    return Object.fromEntries(arrays);
  });
}

/** Sets a model's weights from a `.npz`; see {@link restoreArrays}. */
export async function loadNpz(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  await withNpz(path, (stored) => restoreArrays(path, model, stored, options));
}

async function arrayOf(zip: ZipReader, member: string): Promise<StoredArray> {
  const { path, within } = await zip.open(member);
  try {
    await using file = await open(path, 'r');
    const first = Buffer.alloc(Math.min(HEADER_LIMIT, within.size));
    await file.read(first, 0, first.length, within.offset);
    const { dtype, shape, fortran, start } = parseNpyHeader(first);
    const bytes = sizeOf(shape) * dtypeBytes(dtype);
    if (start + bytes !== within.size)
      throw new Error(`shape [${shape}] does not have its ${within.size - start} bytes`);
    const read = async () => {
      const data = await readElements(path, within.offset + start, dtype, shape);
      return fortran ? toRows(data, dtype, shape) : data;
    };
    return { name: member.slice(0, -END.length), dtype, shape, read };
  } catch (error) {
    throw zip.damaged(member, messageOf(error), error);
  }
}

registerFormat({ extension: '.npz', saveWeights: saveNpz, checkWritable });
