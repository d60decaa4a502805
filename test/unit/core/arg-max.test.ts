import { expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';

test('the greatest along the last axis, or another', () => {
  const x = tensor([
    [1, 5, 2],
    [7, 0, 3],
  ]);
  expect(x.argMax().array()).toEqual([1, 0]);
  expect(x.argMax(0).array()).toEqual([1, 0, 1]);
  expect(x.argMax().dtype).toBe('int32');
});

test('of whole numbers, again and again', () => {
  for (let i = 0; i < 3; i++)
    expect(
      tensor(Int32Array.of(i, 9, 2))
        .argMax()
        .array(),
    ).toBe(1);
});

test('refuses an axis that is not there, and what has no order', () => {
  expect(() => tensor([1, 2]).argMax(1)).toThrow(/argMax: axis 1 does not exist in a tensor of rank 1/);
  expect(() => tensor(['a', 'b']).argMax()).toThrow(/string/);
});
