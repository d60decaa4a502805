import { describe, expect, test } from 'vitest';
import { flatten, repack } from '../../../src/core/structure.js';

const isNumber = (value: unknown): value is number => typeof value === 'number';

test('leaves come with their paths, in one order', () => {
  expect(flatten<number>({ b: [1, { c: 2 }], a: 3 }, isNumber)).toEqual([
    ['b/0', 1],
    ['b/1/c', 2],
    ['a', 3],
  ]);
  expect(flatten<number>(5, isNumber)).toEqual([['', 5]]);
  expect(flatten<number>({}, isNumber)).toEqual([]);
});

test('new leaves go where the old ones were', () => {
  expect(repack<number, string>({ b: [1, { c: 2 }], a: 3 }, isNumber, ['x', 'y', 'z'])).toEqual({
    b: ['x', { c: 'y' }],
    a: 'z',
  });
});

describe('what is neither leaf, array nor plain object is refused by its path', () => {
  test.each<[string, unknown, RegExp]>([
    ['undefined', undefined, /^the result is undefined/],
    ['null within', { a: [null] }, /^'a\/0' is null/],
    ['text', { a: 'x' }, /^'a' is x/],
    ['a promise', Promise.resolve({}), /^the result is a Promise/],
    ['an object of a class', { a: new Map() }, /^'a' is a Map/],
  ])('%s', (_, value, message) => {
    expect(() => flatten(value as never, isNumber)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT', message: expect.stringMatching(message) }),
    );
  });
});
