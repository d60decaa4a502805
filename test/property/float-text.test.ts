import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float32ListText, float32Text } from '../../src/serving/http/json/float-text.js';

/** Any float, and those of few digits, which are written short. */
const float = fc.oneof(
  fc.float({ noNaN: true }),
  fc
    .tuple(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.integer({ min: -12, max: 4 }))
    .map(([digits, power]) => Math.fround(digits * 10 ** power)),
);

test('a list of floats is written as each of them is', () => {
  fc.assert(
    fc.property(fc.array(float, { maxLength: 30 }), (values) => {
      const text = float32ListText(Float32Array.from(values), [values.length], 0);
      expect(text).toBe(`[${values.map(float32Text).join(', ')}]`);
    }),
    { numRuns: 2000 },
  );
});

test('what is written is the same float again', () => {
  fc.assert(
    fc.property(float, (value) => {
      const text = float32ListText(Float32Array.of(value), [], 0);
      if (Number.isFinite(value)) expect(Math.fround(Number(text))).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test('lists nest as the shape says, from any element on', () => {
  const data = Float32Array.from([9, 1, 2, 3, 4, 5, 6]);
  expect(float32ListText(data, [2, 1, 3], 1)).toBe('[[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]]');
  expect(float32ListText(data, [2, 0], 0)).toBe('[[], []]');
});
