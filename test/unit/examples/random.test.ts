import { expect, test } from 'vitest';
import { uniform } from '../../../examples/reinforcement/random.js';

test.each([0, 1, 2, 1_000_000, 2 ** 31 - 1])('seed %i: numbers spread evenly from 0 to 1', (seed) => {
  const next = uniform(seed);
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const bin = Math.floor(next() * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(bins).toHaveLength(10);
  // Chi-squared with 9 degrees of freedom: above 33.7 once in ten thousand.
  expect(bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(33.7);
});

test('neighbouring seeds have nothing in common', () => {
  const [a, b] = [uniform(1), uniform(2)];
  const pairs = Array.from({ length: 5000 }, () => [a() - 0.5, b() - 0.5] as const);
  const covariance = pairs.reduce((sum, [x, y]) => sum + x * y, 0) / pairs.length;
  expect(Math.abs(covariance)).toBeLessThan(0.005);
});
