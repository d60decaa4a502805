import type { TypedArray } from '../core/dtype.js';
import type { Tensor } from '../core/tensor.js';
import type { Variable } from '../core/variable.js';
import type { Model } from '../models/model.js';
import type { KerasWeight } from './hdf5/keras-h5.js';
import { hostOf } from './keras-model.js';

/** Bytes of weights that are on their way into the program at once. */
const BATCH_BYTES = 2 ** 26;

/** A variable, and how its value is read. */
export interface Source {
  readonly variable: Variable;
  read(): Promise<KerasWeight<TypedArray>>;
}

/** Reads and sets a batch after the other, so that weights are in memory hardly more than once. */
export async function assignInBatches(model: Model, sources: readonly Source[]): Promise<void> {
  let batch: [Variable, Tensor][] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await model.program.assign(batch);
    for (const [, host] of batch) host.dispose();
    batch = [];
    bytes = 0;
  };
  for (const { variable, read } of sources) {
    const weight = await read();
    batch.push([variable, hostOf(weight, variable)]);
    bytes += weight.data.byteLength;
    if (bytes > BATCH_BYTES) await flush();
  }
  await flush();
  await model.finalizeState();
}
