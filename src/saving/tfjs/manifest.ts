import { open, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { type DType, dtypeBytes, type TypedArray, viewOf } from '../../core/dtype.js';
import { sizeOf } from '../../core/shape.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { StoredArray } from '../arrays/named-arrays.js';
import { dequantize, QUANTIZED_BYTES, type Quantization } from './quantization.js';

/** A weight as the manifest describes it; its bytes follow those of the weight before it. */
export interface ManifestWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly quantization?: Quantization;
  /** `optimizer` where it is no weight of the model. */
  readonly group?: string;
}

/** Weights whose bytes, one after the other, are cut into files. */
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestWeight[];
}

/** A weight of the files, with what else the manifest says of it. */
export type StoredWeight = StoredArray & Pick<ManifestWeight, 'group' | 'quantization'>;

const DTYPES: readonly DType[] = ['float32', 'int32', 'bool'];

interface Shard {
  readonly path: string;
  readonly start: number;
  readonly size: number;
}

/**
 * The weights of a `model.json`, read when they are wanted. That the files beside it are there, and have the size the
 * manifest says, is made sure of at once.
 *
 * @throws ERR_FILE_FORMAT
 */
export async function storedWeights(path: string, manifest: unknown): Promise<StoredWeight[]> {
  if (!Array.isArray(manifest)) throw damaged(path, "there is no list 'weightsManifest'");
  const groups = manifest.map((group) => parseGroup(path, group));
  const all: StoredWeight[] = [];
  for (const group of groups) all.push(...(await weightsOf(path, group)));
  return all;
}

async function weightsOf(path: string, { paths, weights }: ManifestGroup): Promise<StoredWeight[]> {
  const shards = await shardsOf(path, paths);
  const there = shards.reduce((sum, { size }) => sum + size, 0);
  let end = 0;
  const stored = weights.map((weight): StoredWeight => {
    const { name, shape, dtype, group, quantization } = weight;
    const [start, bytes] = [end, bytesOf(weight)];
    end += bytes;
    const read = async () => elementsOf(weight, await readBytes(path, shards, start, bytes));
    return { name, shape, dtype, ...(group !== undefined && { group }), ...(quantization && { quantization }), read };
  });
  if (there === end) return stored;
  throw damaged(path, `its weights are ${end} bytes, but ${paths.join(', ') || 'no files'} have ${there}`);
}

async function shardsOf(path: string, names: readonly string[]): Promise<Shard[]> {
  const folder = dirname(await realpath(path));
  const shards: Shard[] = [];
  let start = 0;
  for (const name of names) {
    const file = join(folder, within(path, name));
    const found = await stat(file).catch((cause) => {
      throw damaged(path, `its weights in '${name}' cannot be read: ${messageOf(cause)}`, cause);
    });
    if (!found.isFile()) throw damaged(path, `its weights in '${name}' are no file`);
    shards.push({ path: file, start, size: found.size });
    start += found.size;
  }
  return shards;
}

/** A name as it is, where it stays in its folder. */
function within(path: string, name: string): string {
  const steps = normalize(name).split(sep);
  if (name !== '' && !name.includes('\0') && !isAbsolute(name) && !name.includes('\\') && !steps.includes('..')) {
    return name;
  }
  throw damaged(path, `'${name}' lies outside its folder, where nothing is read`);
}

function bytesOf({ shape, dtype, quantization }: ManifestWeight): number {
  return sizeOf(shape) * (quantization ? QUANTIZED_BYTES[quantization.dtype] : dtypeBytes(dtype));
}

async function readBytes(path: string, shards: readonly Shard[], start: number, bytes: number): Promise<Buffer> {
  const all = Buffer.allocUnsafeSlow(bytes);
  for (const shard of shards) {
    const from = Math.max(start, shard.start);
    const to = Math.min(start + bytes, shard.start + shard.size);
    if (from >= to) continue;
    await using file = await open(shard.path, 'r');
    for (let at = from; at < to; ) {
      const { bytesRead } = await file.read(all, at - start, Math.min(to - at, 2 ** 30), at - shard.start);
      if (bytesRead === 0) throw damaged(path, `'${shard.path}' became shorter while it was read`);
      at += bytesRead;
    }
  }
  return all;
}

function elementsOf({ dtype, quantization }: ManifestWeight, bytes: Buffer): TypedArray {
  if (quantization && dtype !== 'bool') return dequantize(bytes, quantization, dtype);
  return viewOf(dtype, bytes.buffer as ArrayBuffer);
}

function parseGroup(path: string, group: unknown): ManifestGroup {
  if (isRecord(group)) {
    const { paths, weights } = group;
    if (areTexts(paths) && Array.isArray(weights)) {
      return { paths, weights: weights.map((weight) => parseWeight(path, weight)) };
    }
  }
  throw damaged(path, "a group in 'weightsManifest' has no 'paths' and 'weights'");
}

function parseWeight(path: string, weight: unknown): ManifestWeight {
  if (!isRecord(weight) || typeof weight.name !== 'string') throw damaged(path, 'a weight has no name');
  const { name, shape, dtype, quantization, group } = weight;
  if (!areCounts(shape)) throw damaged(path, `the shape of '${name}' is ${JSON.stringify(shape)}`);
  if (!isKnown(dtype)) {
    throw damaged(path, `'${name}' is ${dtype}, which a weight cannot be: ${DTYPES.join(', ')}`);
  }
  return {
    name,
    shape,
    dtype,
    ...(typeof group === 'string' && { group }),
    ...(isRecord(quantization) && { quantization: parseQuantization(path, name, dtype, quantization) }),
  };
}

function parseQuantization(
  path: string,
  name: string,
  of: ManifestWeight['dtype'],
  { dtype, min, scale, original_dtype: _ }: Record<string, unknown>,
): Quantization {
  if (dtype === 'float16' && of === 'float32') return { dtype };
  const whole = dtype === 'uint8' || dtype === 'uint16';
  if (whole && of !== 'bool' && Number.isFinite(min) && Number.isFinite(scale)) {
    return { dtype, min: min as number, scale: scale as number };
  }
  throw damaged(path, `the quantization of '${name}' cannot be understood`);
}

/** The library's sentence for a file that is not what it should be. */
export function damaged(path: string, what: string, cause?: unknown): TensorFlowError {
  return new TensorFlowError('ERR_FILE_FORMAT', `'${path}' is no model of tfjs, or damaged: ${what}.`, { cause });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKnown(dtype: unknown): dtype is ManifestWeight['dtype'] {
  return DTYPES.some((known) => known === dtype);
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Why sizes too: with a zero among them, counts in their billions still multiply to nothing. */
function areCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((one) => Number.isSafeInteger(one) && one >= 0) &&
    Number.isSafeInteger(value.reduce((product: number, one: number) => product * Math.max(one, 1), 1))
  );
}
