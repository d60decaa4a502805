import { describe, expect, test } from 'vitest';
import {
  formatKerasShape,
  formatShape,
  isCompatible,
  knownRank,
  knownShape,
  type Shape,
  shapeFromNative,
  shapeToNative,
  sizeOf,
} from '../../../src/core/shape.js';

test.each<[Shape, readonly number[] | null]>([
  [
    [null, 3],
    [-1, 3],
  ],
  [[], []],
  [null, null],
])('%j is %j at the border, and comes back', (shape, native) => {
  expect(shapeToNative(shape)).toEqual(native);
  expect(shapeFromNative(native)).toEqual(shape);
});

test.each<[Shape, string, string]>([
  [[null, 32, 3], '(None, 32, 3)', '[null, 32, 3]'],
  [[5], '(5,)', '[5]'],
  [[], '()', '[]'],
  [null, '(?)', '[...]'],
])('%j is printed %s and %s', (shape, keras, ours) => {
  expect([formatKerasShape(shape), formatShape(shape)]).toEqual([keras, ours]);
});

test('number of elements', () => {
  expect([sizeOf([2, 3]), sizeOf([]), sizeOf([2, 0])]).toEqual([6, 1, 0]);
});

test('what may be fed where', () => {
  expect(isCompatible([2, 3], [null, 3])).toBe(true);
  expect(isCompatible([2, 3], null)).toBe(true);
  expect(isCompatible([2, 3], [null, 4])).toBe(false);
  expect(isCompatible([2, 3], [null])).toBe(false);
});

describe('what must be known', () => {
  test('dimensions', () => {
    expect(knownShape('here', [1, 2])).toEqual([1, 2]);
    for (const shape of [[1, null], null]) {
      expect(() => knownShape('here', shape)).toThrow(
        expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(/^here: every dimension/) }),
      );
    }
  });

  test('rank', () => {
    expect(knownRank('here', [null, 2])).toEqual([null, 2]);
    expect(() => knownRank('here', null)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
