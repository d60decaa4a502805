import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { concurrently } from '../../../src/data/concurrently.js';

test('works on every item once, and on no more at a time than allowed', async () => {
  const seen: number[] = [];
  let running = 0;
  let most = 0;
  await concurrently(
    Array.from({ length: 20 }, (_, index) => index),
    3,
    async (item) => {
      most = Math.max(most, ++running);
      await turn();
      seen.push(item);
      running--;
    },
  );
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(most).toBe(3);
});

test('the first failure ends it, and the rest is not begun', async () => {
  const begun: number[] = [];
  const work = concurrently(Array.from({ length: 100 }).keys(), 2, async (item) => {
    begun.push(item);
    await turn();
    if (item === 3) throw new Error('the third');
  });
  await expect(work).rejects.toThrow('the third');
  expect(begun.length).toBeLessThan(10);
});
