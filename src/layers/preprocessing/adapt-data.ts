import type { DType } from '../../core/dtype.js';
import { Tensor, type TensorLike, tensor } from '../../core/tensor.js';

/** What a layer learns from: everything at once, or batches, such as those of a data set. */
export type AdaptData = Tensor | TensorLike | AsyncIterable<Tensor | TensorLike>;

export interface AdaptOptions {
  /** How many batches are read. Default: all. */
  steps?: number;
}

/** The batches, one by one. */
export async function* batchesOf(data: AdaptData, { steps }: AdaptOptions, dtype?: DType): AsyncGenerator<Tensor> {
  const host = (batch: Tensor | TensorLike): Tensor =>
    batch instanceof Tensor ? batch : tensor(batch, undefined, dtype);
  if (!isAsync(data)) {
    yield host(data);
    return;
  }
  let left = steps ?? Number.POSITIVE_INFINITY;
  if (left <= 0) return;
  for await (const batch of data) {
    yield host(batch);
    if (--left <= 0) return;
  }
}

function isAsync(data: AdaptData): data is AsyncIterable<Tensor | TensorLike> {
  return typeof data === 'object' && Symbol.asyncIterator in data;
}
