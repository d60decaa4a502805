import { open } from 'node:fs/promises';
import { type DType, dtypeBytes, type TypedArray, viewOf } from '../../core/dtype.js';
import { formatShape, sizeOf } from '../../core/shape.js';
import { tensor } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { LoadWeightsOptions } from '../../models/formats.js';
import { Model } from '../../models/model.js';
import { assignInBatches } from '../assign-batches.js';
import { warnOfSkipped } from '../keras-model.js';

/** An array of a file, read when it is wanted. */
export interface StoredArray {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  read(): Promise<TypedArray>;
}

/** A weight and the name that arrays have: `conv1/kernel`, of a model inside `inner/conv1/kernel`. */
export interface NamedArray {
  readonly name: string;
  readonly variable: Variable;
}

/** The names by which NumPy knows arrays that were given none. */
const NUMBERED = /^arr_\d+$/;

/**
 * A model's weights by name.
 *
 * @throws ERR_ARGUMENT where two have the same name
 */
export function namedArrays(model: Model): NamedArray[] {
  const all = [...new Map(namesIn(model, '').map((array) => [array.variable, array])).values()];
  const names = new Set<string>();
  for (const { name } of all) {
    if (names.has(name)) {
      throw new TensorFlowError('ERR_ARGUMENT', `Two weights are named '${name}'; give their layers different names.`);
    }
    names.add(name);
  }
  return all;
}

function namesIn(model: Model, prefix: string): NamedArray[] {
  return model.layers.flatMap((layer) => {
    if (layer instanceof Model) return namesIn(layer, `${prefix}${layer.name}/`);
    return layer.namedWeights.map(({ variable, layer: owner, name }) => ({
      variable,
      name: `${prefix}${owner}/${name}`,
    }));
  });
}

/**
 * Sets a model's weights from arrays by their names, or by their order where they are NumPy's `arr_0`, `arr_1` …
 *
 * @throws ERR_SHAPE where they do not fit; then nothing is changed
 */
export async function restoreArrays(
  where: string,
  model: Model,
  stored: readonly StoredArray[],
  { byName = false, skipMismatch = false }: LoadWeightsOptions,
): Promise<void> {
  const couples = couplesOf(where, model, stored, byName);
  const skipped: string[] = [];
  const fitting = couples.filter(([{ name, variable }, array]) => {
    if (array.shape.join() === variable.shape.join()) return true;
    if (!skipMismatch) {
      const message = `${where}: weight '${name}' has shape ${formatShape(variable.shape)}, the file's '${array.name}' ${formatShape(array.shape)}.`;
      throw new TensorFlowError('ERR_SHAPE', message);
    }
    skipped.push(name);
    return false;
  });
  warnOfSkipped(where, skipped);
  await assignInBatches(
    model,
    fitting.map(([{ variable }, { dtype, shape, read }]) => ({
      variable,
      read: async () => tensor(await read(), shape, dtype),
    })),
  );
}

function couplesOf(
  where: string,
  model: Model,
  stored: readonly StoredArray[],
  byName: boolean,
): (readonly [NamedArray, StoredArray])[] {
  const mine = namedArrays(model);
  if (stored.length > 0 && !byName && stored.every(({ name }) => NUMBERED.test(name))) {
    const number = ({ name }: StoredArray): number => Number(name.slice('arr_'.length));
    const ordered = [...stored].sort((a, b) => number(a) - number(b));
    const weights = model.weights.map((variable) => ({ name: variable.name, variable }));
    if (ordered.length !== weights.length) throw otherCount(where, model, ordered.length, weights.length);
    return weights.map((weight, i) => [weight, ordered[i] as StoredArray]);
  }
  const found = new Map(stored.map((array) => [array.name, array]));
  const missing = mine.find(({ name }) => !found.has(name));
  if (!byName && missing) {
    const message = `${where} has no '${missing.name}' of model '${model.name}'; load it into the architecture it was saved from, or with byName.`;
    throw new TensorFlowError('ERR_SHAPE', message);
  }
  if (!byName && stored.length !== mine.length) throw otherCount(where, model, stored.length, mine.length);
  return mine.flatMap((weight) => {
    const array = found.get(weight.name);
    return array ? [[weight, array] as const] : [];
  });
}

function otherCount(where: string, model: Model, theirs: number, mine: number): TensorFlowError {
  return new TensorFlowError(
    'ERR_SHAPE',
    `${where} has ${theirs} arrays, model '${model.name}' has ${mine} weights; load it into the architecture it was saved from, or with byName.`,
  );
}

/** Little-endian, row-major elements at a place of a file. */
export async function readElements(
  path: string,
  offset: number,
  dtype: DType,
  shape: readonly number[],
): Promise<TypedArray> {
  const bytes = sizeOf(shape) * dtypeBytes(dtype);
  try {
    await using file = await open(path, 'r');
    const buffer = Buffer.allocUnsafeSlow(bytes);
    for (let at = 0; at < bytes; ) {
      const { bytesRead } = await file.read(buffer, at, Math.min(bytes - at, 2 ** 30), offset + at);
      if (bytesRead === 0) throw new Error(`the file ends ${bytes - at} bytes too early`);
      at += bytesRead;
    }
    return viewOf(dtype, buffer.buffer as ArrayBuffer);
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `'${path}' is damaged: at byte ${offset}, ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/** A value's bytes, without a copy. */
export function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
