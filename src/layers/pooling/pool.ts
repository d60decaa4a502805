/** Pooling with channels last over one, two or three axes. */
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { opPadding } from '../pairs.js';

/** What stays of a window: its largest value, or its mean. */
export type PoolKind = 'max' | 'average';

/** How a window moves; one number per spatial axis. */
export interface PoolWindow {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
}

const KERNELS = {
  max: { flat: ops.maxPool, deep: ops.maxPool3d },
  average: { flat: ops.avgPool, deep: ops.avgPool3d },
} as const;

/** x `[batch, …, channels]` → `[batch, …′, channels]`. */
export function pool(kind: PoolKind, x: Output, { size, strides, padding }: PoolWindow): Output {
  if (size.length === 1) {
    const rows = ops.expandDims(x, 1); // [batch, 1, steps, channels]
    return ops.squeeze(pool(kind, rows, { size: [1, ...size], strides: [1, ...strides], padding }), [1]);
  }
  const attrs = { ksize: [1, ...size, 1], strides: [1, ...strides, 1], padding: opPadding(padding) };
  return size.length === 2 ? KERNELS[kind].flat(x, attrs) : KERNELS[kind].deep(x, attrs);
}
