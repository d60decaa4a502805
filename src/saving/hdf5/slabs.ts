/** A box of a row-major array that lies in one piece: `length` elements from element `start` on. */
export interface Slab {
  offset: number[];
  count: number[];
  start: number;
  length: number;
}

/**
 * Cuts an array of `shape` into boxes of at most `limit` elements, in order. With `chunks` a box is made of whole chunks,
 * so that none is unpacked twice, and may exceed the limit.
 */
export function* slabs(shape: readonly number[], limit: number, chunks?: readonly number[] | null): Generator<Slab> {
  if (shape.length === 0) {
    yield { offset: [], count: [], start: 0, length: 1 };
    return;
  }
  const total = shape.reduce((product, size) => product * size, 1);
  if (total === 0) return;
  let axis = 0;
  let inner = total / (shape[0] ?? 1);
  while (axis < shape.length - 1 && inner > limit && (chunks?.[axis] ?? 1) === 1) {
    axis += 1;
    inner /= shape[axis] ?? 1;
  }
  const size = shape[axis] ?? 1;
  const step = alignedStep(Math.max(1, Math.floor(limit / inner)), chunks?.[axis]);
  const offset = shape.map(() => 0);
  for (let start = 0; start < total; ) {
    const at = offset[axis] ?? 0;
    const rows = Math.min(step, size - at);
    const count = shape.map((whole, i) => (i < axis ? 1 : i === axis ? rows : whole));
    yield { offset: [...offset], count, start, length: rows * inner };
    start += rows * inner;
    advance(offset, shape, axis, rows);
  }
}

function alignedStep(rows: number, chunk: number | undefined): number {
  return chunk ? Math.max(chunk, rows - (rows % chunk)) : rows;
}

/** Moves `offset` on by `rows` along `axis`, carrying into the axes before it. */
function advance(offset: number[], shape: readonly number[], axis: number, rows: number): void {
  offset[axis] = (offset[axis] ?? 0) + rows;
  for (let i = axis; i > 0 && (offset[i] ?? 0) >= (shape[i] ?? 0); i--) {
    offset[i] = 0;
    offset[i - 1] = (offset[i - 1] ?? 0) + 1;
  }
}
