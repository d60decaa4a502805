import type { DType } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';

/** How indices come out: as they are, or as counts over all of them. */
export const ENCODINGS = ['int', 'one_hot', 'multi_hot', 'count'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * Indices in Keras' output modes; those outside of 0 … depth − 1 leave no trace.
 *
 * @param indices int32 or int64; of `multi_hot` and `count` `[batch, …]`, reduced over the axis after the batch
 */
export function encode(indices: Output, mode: Encoding, depth: number, dtype: DType): Output {
  if (mode === 'int') return ops.cast(indices, dtype);
  if (mode === 'one_hot') return hot(single(indices), depth, dtype);
  const rank = indices.shape?.length ?? 0;
  if (rank > 2) {
    const each = hot(indices, depth, dtype);
    return mode === 'count' ? ops.sum(each, 1) : ops.max(each, 1);
  }
  const weights = mode === 'count' ? ops.ones(ops.shape(indices), 'float32') : ops.zeros([0], 'float32');
  const counts = ops.denseBincount(indices, ops.constant(depth, indices.dtype), weights, {
    binaryOutput: mode === 'multi_hot',
  });
  return ops.cast(counts, dtype).setShape([...(indices.shape?.slice(0, -1) ?? []), depth]);
}

function hot(indices: Output, depth: number, dtype: DType): Output {
  return ops.cast(ops.oneHot(indices, depth), dtype);
}

/** Without a last axis of length 1. */
function single(indices: Output): Output {
  const { shape } = indices;
  return shape && shape.length > 1 && shape.at(-1) === 1 ? ops.squeeze(indices, [shape.length - 1]) : indices;
}
