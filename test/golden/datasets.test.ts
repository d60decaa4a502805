import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Output } from '../../src/core/output.js';
import { Tensor, tensor } from '../../src/core/tensor.js';
import { leavesOf } from '../../src/data/dataset-step.js';
import { type AnyDataset, fromTensorSlices, fromTensors, range, zip } from '../../src/data/index.js';
import * as ops from '../../src/ops/index.js';

/** Python's tf.data: make/datasets.py. */
interface Golden {
  elements: unknown[];
  cardinality: number;
  shapes: (number | null)[][];
  dtypes: string[];
}
const golden: Record<string, Golden> = JSON.parse(readFileSync(new URL('datasets.json', import.meta.url), 'utf8'));

const numbers = range(10);
const rows = Float32Array.from({ length: 12 }, (_, i) => i);
const pairs = fromTensorSlices([tensor(rows, [6, 2]), tensor(Int32Array.of(0, 1, 2, 3, 4, 5))]);
const ragged = range(8).map((n) => ops.fill(ops.reshape(n, [1]), n));
const lengths = fromTensorSlices(tensor([1, 5, 2, 7, 3, 3, 6, 1, 2], [9], 'int64')).map((n) =>
  ops.fill(ops.reshape(n, [1]), n),
);
const size = (row: Output) => ops.size(row);
const byLength = { boundaries: [3, 5], batchSizes: [3, 2, 2] };

const cases: Record<string, AnyDataset> = {
  range: range(3, 20, 4),
  'range down': range(10, 0, -3),
  map: numbers.map((n) => ({ a: ops.mul(n, 2), b: [n, ops.div(ops.cast(n, 'float32'), 2)] })),
  filter: numbers.filter((n) => ops.equal(ops.floorMod(n, 3), 0)),
  'take while': numbers.takeWhile((n) => ops.less(n, 4)),
  batch: pairs.batch(4),
  'batch, remainder dropped': pairs.batch(4, { dropRemainder: true }),
  'padded batch': ragged.paddedBatch(3),
  'padded batch to a shape': ragged.paddedBatch(3, { paddedShapes: [9], paddingValues: -1 }),
  unbatch: pairs.batch(4).unbatch(),
  'unbatch of known size': pairs.batch(3, { dropRemainder: true }).unbatch(),
  shuffle: numbers.shuffle(10, { seed: 7 }),
  'shuffle, small buffer': numbers.shuffle(3, { seed: 1 }),
  'shuffle, always the same': numbers.shuffle(10, { seed: 7, reshuffleEachIteration: false }).repeat(2),
  'shuffle and repeat': numbers.shuffle(10, { seed: 5 }).repeat(3),
  repeat: numbers.take(3).repeat(2),
  'repeat never': numbers.repeat(0),
  take: numbers.take(4),
  'take more': numbers.take(40),
  skip: numbers.skip(7),
  'skip all': numbers.skip(70),
  shard: numbers.shard(3, 1),
  zip: zip([numbers, { a: pairs }]),
  concatenate: numbers.take(2).concatenate(numbers.skip(8)),
  'concatenate of shapes': pairs.map(([x]) => x).concatenate(numbers.map(() => ops.zeros([3]))),
  enumerate: pairs.enumerate(),
  unique: numbers.map((n) => ops.floorDiv(n, 3)).unique(),
  'flat map': numbers.take(3).flatMap((n) => fromTensorSlices(ops.stack([n, ops.mul(n, 10)]))),
  interleave: numbers.take(5).interleave((n) => fromTensors(n).repeat(3), { cycleLength: 2, blockLength: 2 }),
  'interleave, parallel': numbers
    .take(5)
    .interleave((n) => fromTensorSlices(ops.fill(ops.reshape(n, [1]), n)), { cycleLength: 3, numParallelCalls: 2 }),
  window: numbers.window(3, { shift: 2, stride: 2 }),
  'window, whole': numbers.window(4, { shift: 1, stride: 2, dropRemainder: true }),
  'window, apart': numbers.window(3),
  bucket: lengths.bucketByLength(size, byLength),
  'bucket, remainder dropped': lengths.bucketByLength(size, { ...byLength, dropRemainder: true }),
  'bucket, to its boundary': lengths.bucketByLength(size, {
    boundaries: [3, 5, 8],
    batchSizes: [3, 2, 2, 1],
    padToBucketBoundary: true,
  }),
  cache: numbers.shuffle(10, { seed: 3 }).cache().repeat(2),
  tensors: fromTensors({ x: [[1, 2]], y: 'word' }),
  prefetch: numbers.prefetch(2).batch(3).prefetch(),
};

/** What only we know: a window is one batch here. */
const OURS: Record<string, Partial<Golden>> = {
  window: { cardinality: 5 },
  'window, whole': { cardinality: 4, shapes: [[4]] },
  'window, apart': { cardinality: 4 },
};

test('every case of the file is tried', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(golden).sort());
});

test.each(Object.entries(cases))('%s', async (name, dataset) => {
  const expected = { ...golden[name], ...OURS[name] };
  expect((await dataset.toArray()).map(plain)).toEqual(expected.elements);
  expect(dataset.cardinality ?? UNKNOWN).toBe(expected.cardinality);
  const leaves = leavesOf(dataset.elementSpec).map(([, leaf]) => leaf);
  expect(leaves.map(({ shape }) => shape)).toEqual(expected.shapes);
  expect(leaves.map(({ dtype }) => dtype)).toEqual(expected.dtypes);
});

/** As Python says that it does not know. */
const UNKNOWN = -2;

/** Host values, whole numbers as numbers. */
function plain(element: unknown): unknown {
  if (element instanceof Tensor) return plain(element.array());
  if (typeof element === 'bigint') return Number(element);
  if (Array.isArray(element)) return element.map(plain);
  if (typeof element !== 'object' || element === null) return element;
  return Object.fromEntries(Object.entries(element).map(([key, value]) => [key, plain(value)]));
}
