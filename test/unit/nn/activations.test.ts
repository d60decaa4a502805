import { describe, expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { activationNames, activations, getActivation } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import { evaluate } from './running.js';

const X = [-4, -1.3, -0.7, -0.2, 0.1, 0.6, 1.2, 5];
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => Math.log1p(Math.exp(x));
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const SELU = { alpha: 1.6732632423543772, scale: 1.0507009873554805 };

/** Definitions, element by element. */
const ELEMENTWISE: Record<string, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(x, 0),
  relu6: (x) => clip(x, 0, 6),
  leaky_relu: (x) => (x > 0 ? x : 0.2 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  selu: (x) => SELU.scale * (x > 0 ? x : SELU.alpha * Math.expm1(x)),
  celu: (x) => Math.max(x, 0) + Math.expm1(Math.min(x, 0)),
  gelu: (x) => x * normalCdf(x),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * Math.tanh(softplus(x)),
  sigmoid,
  log_sigmoid: (x) => Math.log(sigmoid(x)),
  hard_sigmoid: (x) => clip(x + 3, 0, 6) / 6,
  hard_silu: (x) => (x * clip(x + 3, 0, 6)) / 6,
  sparse_sigmoid: (x) => clip((x + 1) / 2, 0, 1),
  tanh: Math.tanh,
  hard_tanh: (x) => clip(x, -1, 1),
  tanh_shrink: (x) => x - Math.tanh(x),
  hard_shrink: (x) => (Math.abs(x) > 0.5 ? x : 0),
  soft_shrink: (x) => Math.sign(x) * Math.max(Math.abs(x) - 0.5, 0),
  softplus,
  sparse_plus: (x) => (x <= -1 ? 0 : x < 1 ? (x + 1) ** 2 / 4 : x),
  squareplus: (x) => (x + Math.sqrt(x * x + 4)) / 2,
  softsign: (x) => x / (1 + Math.abs(x)),
  exponential: Math.exp,
};

/** Definitions on a row. */
const ROWWISE: Record<string, (row: number[]) => number[]> = {
  softmax: (row) => row.map((x) => Math.exp(x) / row.reduce((sum, y) => sum + Math.exp(y), 0)),
  log_softmax: (row) => row.map((x) => x - Math.log(row.reduce((sum, y) => sum + Math.exp(y), 0))),
  glu: (row) => row.slice(0, row.length / 2).map((x, i) => x * sigmoid(row[i + row.length / 2] as number)),
  sparsemax: (row) => row.map((x) => Math.max(x - sparsemaxThreshold(row), 0)),
};

describe('values', () => {
  test.each(activationNames())('%s', async (name) => {
    const expected = ELEMENTWISE[name] ? X.map(ELEMENTWISE[name]) : ROWWISE[name]?.(X);
    const got = (await evaluate(getActivation(name).apply, [X], [null, X.length])) as number[][];
    expect(got[0]?.length).toBe(expected?.length);
    for (const [i, value] of (expected ?? []).entries()) expect(got[0]?.[i]).toBeCloseTo(value, 5);
  });

  test.each(['softmax', 'log_softmax', 'sparsemax'] as const)('%s along another axis', async (name) => {
    const build = {
      softmax: activations.softmax,
      log_softmax: activations.logSoftmax,
      sparsemax: activations.sparsemax,
    };
    const column = X.map((x) => [x]);
    const got = (await evaluate((x) => build[name](x, { axis: 0 }), column, [X.length, 1])) as number[][];
    const expected = ROWWISE[name]?.(X) ?? [];
    for (const [i, value] of expected.entries()) expect(got[i]?.[0]).toBeCloseTo(value, 5);
  });

  test('relu takes a slope, a ceiling and a threshold', async () => {
    const options = { negativeSlope: 0.1, maxValue: 2, threshold: 1 };
    const got = await evaluate((x) => activations.relu(x, options), [-1, 0.5, 1.5, 3], [4]);
    // As Keras: below the threshold slope·(x − threshold).
    expect((got as number[]).map((y) => Number(y.toFixed(5)))).toEqual([-0.2, -0.05, 1.5, 2]);
  });

  test('threshold puts a value in place of what is small', async () => {
    const build = (x: Parameters<typeof activations.relu>[0]) =>
      activations.threshold(x, { threshold: 1, defaultValue: -9 });
    expect(await evaluate(build, [0, 1, 2], [3])).toEqual([-9, -9, 2]);
  });
});

describe('gradients are those of numeric differences', () => {
  test.each(activationNames())('%s', async (name) => {
    using program = new Program({ seed: 1 });
    const weights = X.map((_, i) => Math.cos(i + 1));
    const run = program.function('run', { x: spec('float64', [X.length]) }, ({ x }) => {
      const y = getActivation(name).apply(ops.expandDims(x, 0));
      const length = y.shape?.at(-1) ?? 0;
      const score = ops.sum(ops.mul(y, ops.cast(weights.slice(0, length), 'float64')));
      const [gradient] = gradients(score, [x]);
      if (!gradient) throw new Error(`${name} has no gradient.`);
      return { score, gradient };
    });
    const scoreAt = async (x: number[]): Promise<number> =>
      (await run({ x: Float64Array.from(x) })).score.array() as number;
    const analytic = (await run({ x: Float64Array.from(X) })).gradient.array() as number[];
    const step = 1e-6;
    for (const i of X.keys()) {
      const moved = (by: number): number[] => X.map((x, k) => (k === i ? x + by : x));
      const numeric = ((await scoreAt(moved(step))) - (await scoreAt(moved(-step)))) / (2 * step);
      expect(analytic[i]).toBeCloseTo(numeric, 5);
    }
  });
});

describe('names', () => {
  test.each([
    ['leakyRelu', 'leaky_relu'],
    ['leaky_relu', 'leaky_relu'],
    ['swish', 'silu'],
    ['hardSwish', 'hard_silu'],
  ])('%s is %s', (given, name) => expect(getActivation(given).name).toBe(name));

  test('null is linear, one of ours keeps its name, Keras’ function config is read', () => {
    expect(getActivation(null).name).toBe('linear');
    expect(getActivation(activations.hardTanh).name).toBe('hard_tanh');
    expect(getActivation({ config: 'relu' }).name).toBe('relu');
  });

  test('a function of one’s own is taken as it is', async () => {
    const double = (x: Parameters<typeof activations.relu>[0]) => ops.mul(x, 2);
    expect(getActivation(double).name).toBe('double');
    expect(await evaluate(getActivation(double).apply, [3], [1])).toEqual([6]);
  });

  test('refuses an unknown name with the nearest one', () => {
    expect(() => getActivation('rleu')).toThrow(/Unknown activation 'rleu'. Did you mean 'relu'\?/);
  });

  test('glu refuses an odd length', async () => {
    await expect(evaluate(getActivation('glu').apply, [[1, 2, 3]], [1, 3])).rejects.toThrow(/even length, got 3/);
  });
});

/** Φ(x) by Simpson's rule. */
function normalCdf(x: number): number {
  const parts = 2000;
  const width = x / parts;
  const density = (t: number): number => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < parts; i++) sum += (i % 2 ? 4 : 2) * density(i * width);
  return 0.5 + (sum * width) / 3;
}

/** Keras': of all sums of the values that are kept. */
function sparsemaxThreshold(row: number[]): number {
  const sorted = row.toSorted((a, b) => b - a);
  const sums = sorted.map((x, i) => ({ x, count: i + 1, sum: sorted.slice(0, i + 1).reduce((a, b) => a + b) }));
  const kept = sums.filter(({ x, sum, count }) => 1 + count * x > sum);
  return (kept.reduce((total, { sum }) => total + sum, 0) - 1) / kept.length;
}
