import { describe, expect, test } from 'vitest';
import type { Initializer } from '../../../src/core/variable.js';
import { initializers } from '../../../src/nn/index.js';
import { compute } from './running.js';

const draw = async (initializer: Initializer, shape: number[], seed = 1): Promise<number[]> =>
  ((await compute(() => initializer(shape, 'float32'), seed)) as number[]).flat(8) as number[];

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[]): number => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));

test('zeros, ones and constants', async () => {
  expect(await draw(initializers.zeros(), [2])).toEqual([0, 0]);
  expect(await draw(initializers.ones(), [2])).toEqual([1, 1]);
  expect(await draw(initializers.constant({ value: 0.5 }), [1, 2])).toEqual([0.5, 0.5]);
  expect(await draw(initializers.identity({ gain: 2 }), [2, 3])).toEqual([2, 0, 0, 0, 2, 0]);
});

describe('variance scaling follows the number of inputs and outputs', () => {
  const [fanIn, fanOut] = [9 * 20, 9 * 40];
  const shape = [3, 3, 20, 40];
  test.each([
    ['glorotUniform', 2 / (fanIn + fanOut), 'uniform'],
    ['glorotNormal', 2 / (fanIn + fanOut), 'normal'],
    ['heUniform', 2 / fanIn, 'uniform'],
    ['heNormal', 2 / fanIn, 'normal'],
    ['lecunUniform', 1 / fanIn, 'uniform'],
    ['lecunNormal', 1 / fanIn, 'normal'],
  ])('%s', async (name, variance, kind) => {
    const values = await draw(initializers.get(name), shape);
    expect(mean(values)).toBeCloseTo(0, 2);
    expect(deviation(values) / Math.sqrt(variance)).toBeCloseTo(1, 1);
    const limit = kind === 'uniform' ? Math.sqrt(3 * variance) : (2 * Math.sqrt(variance)) / 0.8796;
    const greatest = Math.max(...values.map(Math.abs));
    expect(greatest).toBeLessThanOrEqual(limit * 1.0001);
    expect(greatest).toBeGreaterThan(limit * 0.95);
  });

  test('axes of inputs and outputs may be named', async () => {
    const options = { mode: 'fanOut', distribution: 'uniform', inputAxes: [0], outputAxes: [1, 2] };
    const greatest = Math.max(...(await draw(initializers.varianceScaling(options), [100, 5, 2])));
    expect(greatest).toBeCloseTo(Math.sqrt(3 / 10), 1);
  });
});

test('random ones have the mean and deviation asked for', async () => {
  const normal = await draw(initializers.randomNormal({ mean: 2, stddev: 0.5 }), [4000]);
  expect(mean(normal)).toBeCloseTo(2, 1);
  expect(deviation(normal)).toBeCloseTo(0.5, 1);
  const truncated = await draw(initializers.truncatedNormal({ stddev: 1 }), [4000]);
  expect(Math.max(...truncated.map(Math.abs))).toBeLessThanOrEqual(2);
  const uniform = await draw(initializers.randomUniform({ minval: 1, maxval: 3 }), [1000]);
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...uniform)).toBeLessThan(3);
});

test('orthogonal gives orthonormal columns, or rows where they are fewer', async () => {
  for (const [rows, columns] of [
    [5, 3],
    [3, 5],
  ] as const) {
    const values = await draw(initializers.orthogonal(), [rows, columns]);
    const at = (i: number, k: number): number => values[i * columns + k] as number;
    const count = Math.min(rows, columns);
    const length = Math.max(rows, columns);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += rows > columns ? at(i, a) * at(i, b) : at(a, i) * at(b, i);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  }
});

describe('randomness', () => {
  test('a seed of its own makes values independent of the program', async () => {
    const seeded = initializers.glorotUniform({ seed: 7 });
    expect(await draw(seeded, [4], 1)).toEqual(await draw(seeded, [4], 2));
    expect(await draw(seeded, [4])).not.toEqual(await draw(initializers.glorotUniform({ seed: 8 }), [4]));
  });

  test('without one they follow the program’s', async () => {
    const free = initializers.glorotUniform();
    expect(await draw(free, [4], 1)).toEqual(await draw(free, [4], 1));
    expect(await draw(free, [4], 1)).not.toEqual(await draw(free, [4], 2));
  });
});

describe('configs', () => {
  test('are Keras’, and make the same initializer again', () => {
    const serialized = initializers.serialize(initializers.varianceScaling({ scale: 2, mode: 'fanAvg', seed: 3 }));
    expect(serialized).toMatchObject({
      module: 'keras.initializers',
      class_name: 'VarianceScaling',
      registered_name: null,
      config: { scale: 2, seed: 3, input_axes: null, output_axes: null, distribution: 'truncated_normal' },
    });
    expect(initializers.serialize(initializers.deserialize(serialized))).toEqual(serialized);
  });

  test('every initializer is found by both spellings', () => {
    for (const name of initializers.names()) expect(initializers.get(name)).toBeTypeOf('function');
    expect(initializers.serialize(initializers.get('he_normal')).class_name).toBe('HeNormal');
    expect(initializers.serialize(initializers.get('heNormal')).class_name).toBe('HeNormal');
  });

  test('refuses unknown names, options and shapes', async () => {
    expect(() => initializers.get('glorotUnifrom')).toThrow(/Did you mean 'GlorotUniform'/);
    expect(() => initializers.glorotUniform({ sed: 1 } as never)).toThrow(/Unknown option of GlorotUniform 'sed'/);
    expect(() => initializers.varianceScaling({ scale: 0 })).toThrow(/scale must be above 0/);
    expect(() => initializers.varianceScaling({ mode: 'fanInn' })).toThrow(/Did you mean 'fan_in'/);
    await expect(draw(initializers.identity(), [2])).rejects.toThrow(/makes matrices/);
    expect(() => initializers.serialize(() => null as never)).toThrow(/plain function/);
  });
});

describe('kernels of short-time Fourier transforms', () => {
  const half = Math.SQRT1_2;
  // By Keras 3.15.1: keras.initializers.STFT(**config)((4, 1, 3)).
  test.each([
    [{}, [0, 0, 0, half, 0, -half, half, -half, half, 0, 0, 0]],
    [{ side: 'imag', window: 'hamming', scaling: 'spectrum' }, [0, 0, 0, 0, -0.452941, 0, 0, 0, 0, 0, 0.047059, 0]],
    [{ side: 'imag', periodic: true }, [0, 0, 0, 0, -0.408248, 0, 0, 0, 0, 0, 0.408248, 0]],
    [{ window: null, scaling: null }, [1, 1, 1, 1, 0, -1, 1, -1, 1, 1, 0, -1]],
    [{ window: [1, 1, 1, 1], scaling: null }, [1, 1, 1, 1, 0, -1, 1, -1, 1, 1, 0, -1]],
  ])('%j', async (options, expected) => {
    const got = (await compute(() => initializers.stft(options)([4, 1, 3], 'float32'))) as number[][][];
    for (const [i, value] of got.flat(2).entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
  });

  test('windows are those of SciPy', async () => {
    // By scipy.signal.get_window(name, 5, fftbins=False); the first column of the kernel is the window.
    const windows = {
      hann: [0, 0.5, 1, 0.5, 0],
      hamming: [0.08, 0.54, 1, 0.54, 0.08],
      blackman: [0, 0.34, 1, 0.34, 0],
      nuttall: [0.000363, 0.226982, 1, 0.226982, 0.000363],
      blackmanharris: [0.00006, 0.21747, 1, 0.21747, 0.00006],
    };
    for (const [window, expected] of Object.entries(windows)) {
      const make = initializers.stft({ window, scaling: null });
      const got = (await compute(() => make([5, 1, 3], 'float32'))) as number[][][];
      for (const [i, row] of got.entries()) expect(row[0]?.[0]).toBeCloseTo(expected[i] as number, 5);
    }
  });

  test('refuses other shapes, windows of another length and unknown names', async () => {
    expect(() => initializers.stft({ window: 'han' })).toThrow(/window 'han'.*'hann'/);
    expect(() => initializers.stft({ side: 'left' })).toThrow(/STFT.side 'left'/);
    await expect(compute(() => initializers.stft()([4, 2, 3], 'float32'))).rejects.toThrow(/\[frame, 1, frequencies\]/);
    await expect(compute(() => initializers.stft({ window: [1] })([4, 1, 3], 'float32'))).rejects.toThrow(
      /1 values.*has 4/,
    );
  });
});
