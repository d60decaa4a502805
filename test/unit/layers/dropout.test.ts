import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DType } from '../../../src/core/dtype.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import { Dropout, type DropoutOptions } from '../../../src/layers/regularization/dropout.js';

type Numbers = Float32Array;

/** What a dropout makes of ones, so many times in a row. */
async function dropped(
  options: DropoutOptions,
  { shape = [200, 500], seed = 1, training = true, times = 1, dtype = 'float32' as DType } = {},
): Promise<Numbers[]> {
  using program = new Program({ seed });
  const layer = new Dropout(options);
  const run = program.function('f', { x: spec(dtype, [null, ...shape.slice(1)]) }, ({ x }) => ({
    y: layer.call(x, { training }),
  }));
  const ones = tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }).fill(1), shape, dtype);
  const results = [];
  for (let i = 0; i < times; i++) results.push(Float32Array.from((await run({ x: ones })).y.dataSync() as Numbers));
  return results;
}

const share = (values: Numbers, of: (value: number) => boolean) => values.filter(of).length / values.length;
const mean = (values: Numbers) => values.reduce((a, b) => a + b, 0) / values.length;

describe('in training', () => {
  // Rates that 8, 16 and 32 bits decide.
  test.each([0.25, 0.5, 1 / 256, 255 / 256, 3 / 1024, 0.1, 1 / 3, 0.9, 1 - 2 ** -40])(
    'drops a share of %d',
    async (rate) => {
      const [y = new Float32Array()] = await dropped({ rate });
      const deviation = Math.sqrt((rate * (1 - rate)) / y.length);
      expect(Math.abs(share(y, (value) => value === 0) - rate)).toBeLessThan(5 * deviation);
    },
  );

  test.each([0.25, 0.1])('scales what it keeps, so that the mean stays: rate %d', async (rate) => {
    const [y = new Float32Array()] = await dropped({ rate });
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
    expect(mean(y)).toBeCloseTo(1, 1);
  });

  test('decides for every element by itself', async () => {
    const [y = new Float32Array()] = await dropped({ rate: 0.5 });
    for (const lag of [1, 2, 3, 7, 8, 16, 500]) {
      const together = y.slice(lag).filter((value, i) => (value === 0) === (y[i] === 0)).length / (y.length - lag);
      expect(together).toBeCloseTo(0.5, 1);
    }
  });

  test('takes another mask at every run', async () => {
    const [first, second] = await dropped({ rate: 0.5 }, { times: 2 });
    expect(first).not.toEqual(second);
  });

  test('the seed of the program decides', async () => {
    const once = await dropped({ rate: 0.5 }, { seed: 7, times: 2 });
    expect(await dropped({ rate: 0.5 }, { seed: 7, times: 2 })).toEqual(once);
    expect(await dropped({ rate: 0.5 }, { seed: 8, times: 2 })).not.toEqual(once);
  });

  test('two layers of one function differ', async () => {
    using program = new Program({ seed: 1 });
    const run = program.function('f', { x: spec('float32', [400]) }, ({ x }) => ({
      a: new Dropout({ rate: 0.5 }).call(x, { training: true }),
      b: new Dropout({ rate: 0.5 }).call(x, { training: true }),
    }));
    const { a, b } = await run({ x: new Float32Array(400).fill(1) });
    expect(a.array()).not.toEqual(b.array());
  });

  test('one decision counts for a whole axis of noiseShape', async () => {
    const [y = new Float32Array()] = await dropped({ rate: 0.5, noiseShape: [null, 1] }, { shape: [40, 8] });
    const rows = Array.from({ length: 40 }, (_, i) => new Set(y.slice(8 * i, 8 * i + 8)));
    expect(rows.every(({ size }) => size === 1)).toBe(true);
    expect(new Set(y).size).toBe(2);
  });

  test('works for any number of elements, none included', async () => {
    const sizes = fc.integer({ min: 0, max: 40 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.constantFrom(0.25, 3 / 1024, 0.3), async (n, rate) => {
        const [y = new Float32Array()] = await dropped({ rate }, { shape: [n] });
        expect(y.length).toBe(n);
        expect(y.every((value) => value === 0 || value === Math.fround(1 / (1 - rate)))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

test('is the identity outside training, and at rate 0', async () => {
  const ones = new Float32Array(100).fill(1);
  expect(await dropped({ rate: 0.5 }, { shape: [100], training: false })).toEqual([ones]);
  expect(await dropped({ rate: 0 }, { shape: [100] })).toEqual([ones]);
});

test.each([-0.1, 1, Number.NaN])('refuses a rate of %d', (rate) => {
  expect(() => new Dropout({ rate, name: 'drop' })).toThrow(/Dropout 'drop': rate must be in \[0, 1\)/);
});
