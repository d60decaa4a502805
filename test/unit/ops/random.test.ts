import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import * as ops from '../../../src/ops/index.js';
import * as random from '../../../src/ops/random.js';

async function drawn(build: () => Output, seed = 1): Promise<number[]> {
  using program = new Program({ seed });
  const draw = program.function('draw', {}, () => ({ y: build() }));
  const { y } = await draw({});
  return Array.from(y.dataSync() as ArrayLike<number | bigint>, Number);
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const spread = (values: readonly number[]): number => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));

// Mean and deviation of 20,000 draws lie within five standard errors of the distribution's own.
describe.each([
  ['uniform', () => random.uniform([20_000], { min: -1, max: 3 }), 1, 4 / Math.sqrt(12)],
  ['normal', () => random.normal([20_000], { mean: 2, stddev: 3 }), 2, 3],
  ['truncatedNormal', () => random.truncatedNormal([20_000], { stddev: 2 }), 0, 2 * 0.8796],
  ['uniformInt', () => ops.cast(random.uniformInt([20_000], 3, 9), 'float32'), 5.5, Math.sqrt(35 / 12)],
  ['categorical', () => ops.cast(random.categorical([[0, Math.log(3)]], 20_000), 'float32'), 0.75, Math.sqrt(3) / 4],
] as const)('%s', (_, build, center, deviation) => {
  test('has mean and deviation of its distribution', async () => {
    const values = await drawn(build);
    expect(values).toHaveLength(20_000);
    expect(Math.abs(mean(values) - center)).toBeLessThan((5 * deviation) / Math.sqrt(20_000));
    expect(spread(values) / deviation).toBeCloseTo(1, 1);
  });

  test('repeats with the seed, and differs with another', async () => {
    const [a, b, c] = [await drawn(build), await drawn(build), await drawn(build, 2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });
});

test('shuffle keeps the rows', async () => {
  const rows = await drawn(() => random.shuffle(ops.range(0, 50)));
  expect(rows).not.toEqual([...rows].sort((a, b) => a - b));
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});

test('a shape may be a value of the graph', async () => {
  expect(await drawn(() => random.normal(constant([2, 3], 'int32')))).toHaveLength(6);
});
