import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../src/core/shape.js';
import { type NestedArray, tensor } from '../../src/core/tensor.js';

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

test('nested arrays come back from a tensor', () => {
  const nested = fc
    .array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 })
    .chain((shape) =>
      shape.reduceRight<fc.Arbitrary<NestedArray>>(
        (item, length) => fc.array(item, { minLength: length, maxLength: length }),
        fc.double({ noNaN: true }),
      ),
    );
  fc.assert(
    fc.property(nested, (data) => {
      expect(tensor(data, undefined, 'float64').array()).toEqual(data);
    }),
  );
});

test('whole numbers of 64 bits are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (data) => {
      expect(tensor(data, [data.length], 'int64').array()).toEqual(data);
    }),
  );
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (data) => {
      expect(tensor(data, [data.length], 'string').array()).toEqual(data);
    }),
  );
});

test('reshape keeps the elements, and there and back again is the same', () => {
  fc.assert(
    fc.property(shapes, fc.nat(3), (shape, axis) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);
      const t = tensor(data, shape);
      expect(t.reshape([t.size]).dataSync()).toEqual(data);
      expect(t.reshape([t.size]).reshape(shape).array()).toEqual(t.array());
      expect(t.expandDims(Math.min(axis, t.rank)).squeeze().shape).toEqual(shape.filter((d) => d !== 1));
    }),
  );
});

test('rows are slices of the first axis', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.nat(5), fc.nat(3), (a, b, width) => {
      const [begin, end] = [Math.min(a, b), Math.max(a, b)];
      const t = tensor(
        Float32Array.from({ length: 5 * width }, (_, i) => i),
        [5, width],
      );
      expect(t.rows(begin, end).array()).toEqual((t.array() as NestedArray[]).slice(begin, end));
    }),
  );
});

test('the sixteen-bit floats are the nearest there are', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
      const [half] = tensor([value], [1], 'float16').dataSync();
      expect(Math.abs((half ?? 0) - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
    }),
  );
});
