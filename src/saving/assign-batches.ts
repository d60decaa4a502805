import { type Tensor, tensor } from '../core/tensor.js';
import type { Variable } from '../core/variable.js';
import type { Model } from '../models/model.js';

/** Bytes of weights that are on their way into the program at once. */
const BATCH_BYTES = 2 ** 26;

/** A variable, and how its value is read: of its shape, in any dtype of numbers. */
export interface Source {
  readonly variable: Variable;
  read(): Promise<Tensor>;
}

/** Reads and sets a batch after the other, so that weights are in memory hardly more than once. */
export async function assignInBatches(model: Model, sources: readonly Source[]): Promise<void> {
  let batch: [Variable, Tensor][] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await model.program.assign(batch);
    for (const [, value] of batch) value.dispose();
    batch = [];
    bytes = 0;
  };
  // Why: of some layers files have a variable twice.
  const last = new Map(sources.map((source) => [source.variable, source]));
  for (const { variable, read } of last.values()) {
    const value = ofDType(await read(), variable);
    batch.push([variable, value]);
    bytes += value.native.byteLength;
    if (bytes > BATCH_BYTES) await flush();
  }
  await flush();
  await model.finalizeState();
}

function ofDType(value: Tensor, { dtype }: Variable): Tensor {
  if (value.dtype === dtype) return value;
  const converted = tensor(value.dataSync(), value.shape, dtype);
  value.dispose();
  return converted;
}
