import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slabs } from '../../../../src/saving/hdf5/slabs.js';

const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 5 });
const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);

/** Row-major position of an element. */
function position(index: readonly number[], shape: readonly number[]): number {
  return index.reduce((at, i, axis) => at * (shape[axis] ?? 1) + i, 0);
}

test('slabs cover an array once, in order and within the limit', () => {
  fc.assert(
    fc.property(shapes, fc.integer({ min: 1, max: 50 }), (shape, limit) => {
      let next = 0;
      for (const { offset, count, start, length } of slabs(shape, limit)) {
        expect(start).toBe(next);
        expect(position(offset, shape)).toBe(start);
        expect(product(count)).toBe(length);
        expect(length).toBeLessThanOrEqual(limit);
        expect(count.every((size, axis) => (offset[axis] ?? 0) + size <= (shape[axis] ?? 0))).toBe(true);
        const last = offset.map((at, axis) => at + (count[axis] ?? 1) - 1);
        expect(position(last, shape)).toBe(start + length - 1);
        next += length;
      }
      expect(next).toBe(product(shape));
    }),
  );
});

test('a slab of a chunked array is made of whole chunks, even if they exceed the limit', () => {
  const cuts = [...slabs([20, 10], 75, [3, 10])].map(({ count }) => count[0]);
  expect(cuts).toEqual([6, 6, 6, 2]);
  const large = [...slabs([20, 10], 5, [8, 4])].map(({ count }) => count);
  expect(large).toEqual([
    [8, 10],
    [8, 10],
    [4, 10],
  ]);
});
