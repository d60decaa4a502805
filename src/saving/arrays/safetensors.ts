import { open, stat } from 'node:fs/promises';
import { type DType, dtypeBytes, type TypedArray } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { type LoadWeightsOptions, registerFormat } from '../../models/formats.js';
import type { Model } from '../../models/model.js';
import { checkWritable, replaceFile } from '../hdf5/replace-file.js';
import { checkBuilt } from '../keras-model.js';
import { bytesOf, namedArrays, readElements, restoreArrays, type StoredArray } from './named-arrays.js';

/** The format's names of dtypes. */
const NAMES: readonly (readonly [DType, string])[] = [
  ['float64', 'F64'],
  ['float32', 'F32'],
  ['float16', 'F16'],
  ['bfloat16', 'BF16'],
  ['int64', 'I64'],
  ['int32', 'I32'],
  ['int16', 'I16'],
  ['int8', 'I8'],
  ['uint64', 'U64'],
  ['uint32', 'U32'],
  ['uint16', 'U16'],
  ['uint8', 'U8'],
  ['bool', 'BOOL'],
];

const LENGTH_BYTES = 8;
/** As the format has it. */
const HEADER_LIMIT = 100_000_000;
const METADATA = '__metadata__';

/**
 * Saves the weights as safetensors, by the names `conv1/kernel`.
 *
 * @throws ERR_NOT_WRITABLE, ERR_NOT_BUILT
 */
export async function saveSafetensors(model: Model, path: string): Promise<void> {
  checkBuilt(model);
  const arrays = namedArrays(model);
  let end = 0;
  const entries = arrays.map(({ name, variable: { dtype, shape } }) => {
    const start = end;
    end += sizeOf(shape) * dtypeBytes(dtype);
    return [name, { dtype: nameOf(name, dtype), shape, data_offsets: [start, end] }];
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries([[METADATA, { format: 'tf' }], ...entries])));
  const header = Buffer.alloc(LENGTH_BYTES + Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES, ' ');
  header.writeBigUInt64LE(BigInt(header.length - LENGTH_BYTES));
  json.copy(header, LENGTH_BYTES);
  await replaceFile(path, async (temporary) => {
    await using file = await open(temporary, 'wx');
    await file.writeFile(header);
    for (const { variable } of arrays) {
      await file.writeFile(bytesOf((await variable.value()).dataSync() as TypedArray));
    }
  });
}

function nameOf(weight: string, dtype: DType): string {
  const name = NAMES.find(([known]) => known === dtype)?.[1];
  if (name) return name;
  throw new TensorFlowError('ERR_DTYPE', `'${weight}' is ${dtype}, which safetensors do not have.`);
}

/** Whether a file begins as safetensors do: a length, then JSON. */
export async function isSafetensors(path: string, start: Buffer | null): Promise<boolean> {
  if (!start || start.length <= LENGTH_BYTES || start[LENGTH_BYTES] !== 0x7b) return false;
  const { size } = await stat(path);
  return start.readBigUInt64LE() <= BigInt(Math.min(HEADER_LIMIT, size - LENGTH_BYTES));
}

/** Sets a model's weights from safetensors; see {@link restoreArrays}. */
export async function loadSafetensors(model: Model, path: string, options: LoadWeightsOptions): Promise<void> {
  await restoreArrays(path, model, await storedSafetensors(path), options);
}

/**
 * The arrays of a file, read when they are wanted.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function storedSafetensors(path: string): Promise<StoredArray[]> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const first = Buffer.alloc(LENGTH_BYTES);
  await file.read(first, 0, LENGTH_BYTES, 0);
  const length = Number(first.readBigUInt64LE());
  const damaged = (what: string, cause?: unknown): TensorFlowError =>
    new TensorFlowError('ERR_FILE_FORMAT', `'${path}' is damaged: ${what}.`, { cause });
  const data = LENGTH_BYTES + length;
  if (length > HEADER_LIMIT || data > size) throw damaged(`its header of ${length} bytes is not there`);
  const text = Buffer.alloc(length);
  await file.read(text, 0, length, LENGTH_BYTES);
  let header: unknown;
  try {
    header = JSON.parse(text.toString());
  } catch (error) {
    throw damaged(`its header is no JSON: ${messageOf(error)}`, error);
  }
  const entries = Object.entries(header as object).filter(([name]) => name !== METADATA);
  const arrays = entries.map(([name, entry]) => {
    const { dtype, shape, start, end } = parseEntry(entry) ?? raise(damaged(`'${name}' cannot be understood`));
    if (end - start !== sizeOf(shape) * dtypeBytes(dtype))
      throw damaged(`'${name}' does not have its ${end - start} bytes`);
    if (data + end > size) throw damaged(`'${name}' lies beyond the end`);
    return { name, dtype, shape, start, end, read: () => readElements(path, data + start, dtype, shape) };
  });
  let end = 0;
  for (const array of [...arrays].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (array.start !== end) throw damaged(`'${array.name}' does not begin where the array before it ends`);
    end = array.end;
  }
  return arrays;
}

function raise(error: TensorFlowError): never {
  throw error;
}

function parseEntry(entry: unknown): { dtype: DType; shape: number[]; start: number; end: number } | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { dtype: name, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  const dtype = NAMES.find(([, known]) => known === name)?.[0];
  if (!dtype || !areCounts(shape) || !areCounts(offsets) || offsets.length !== 2) return undefined;
  const [start, end] = offsets as [number, number];
  return start <= end ? { dtype, shape, start, end } : undefined;
}

function areCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= 0);
}

registerFormat({ extension: '.safetensors', saveWeights: saveSafetensors, checkWritable });
