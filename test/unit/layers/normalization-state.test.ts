import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import { type Normalization, normalization } from '../../../src/layers/index.js';
import { model } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import { loadModel } from '../../../src/saving/load-model.js';

const MOMENTS = [tensor([1, 2]), tensor([4, 9]), tensor(5, [], 'int64')];

function network(layer: Normalization = normalization({ name: 'norm' })) {
  const x = input({ shape: [2] });
  return model({ inputs: x, outputs: layer.apply(x) });
}

async function outputs(net: ReturnType<typeof network>): Promise<unknown> {
  using y = await net.predict([[3, 5]]);
  return y.array();
}

describe('weights of a Normalization', () => {
  test('are those of Keras: mean, variance, and how many values they are of', () => {
    using net = network();
    expect(net.weights.map(({ name, dtype, shape }) => [name, dtype, shape])).toEqual([
      ['norm/mean', 'float32', [2]],
      ['norm/variance', 'float32', [2]],
      ['norm/count', 'int64', []],
    ]);
    expect(net.trainableWeights).toEqual([]);
  });

  test('take effect when they are finalized', async () => {
    using net = network();
    await net.setWeights(MOMENTS);
    expect(await outputs(net)).toEqual([[3, 5]]);
    await net.finalizeState();
    expect(await outputs(net)).toEqual([[1, 1]]);
  });

  test('take effect when they are loaded', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'normalization-')), 'net.h5');
    {
      using net = network();
      await net.setWeights(MOMENTS);
      await net.save(file);
    }
    using loaded = await loadModel(file);
    using y = await loaded.predict([[3, 5]]);
    expect(y.array()).toEqual([[1, 1]]);
    using filled = network();
    await filled.loadWeights(file);
    expect(await outputs(filled)).toEqual([[1, 1]]);
  });
});

describe('mean and variance that are given', () => {
  test.each([
    ['for each index', { mean: [1, 2], variance: [4, 9] }, [[1, 1]]],
    ['for everything', { axis: null, mean: 1, variance: 4 }, [[1, 2]]],
    ['backwards', { mean: [1, 2], variance: [4, 9], invert: true }, [[7, 17]]],
    ['without a variance, up to Keras’ epsilon', { mean: [3, 5], variance: [0, 0] }, [[0, 0]]],
  ])('%s', async (_, options, expected) => {
    using net = network(normalization(options));
    expect(await outputs(net)).toEqual(expected);
    expect(net.weights).toEqual([]);
  });

  test('one without the other is refused', () => {
    expect(() => normalization({ mean: 1 })).toThrow(/mean and variance are given together/);
  });

  test('an axis of open length is refused', () => {
    expect(() => normalization({ name: 'norm' }).apply(input({ shape: [null] }))).toThrow(
      /Normalization 'norm' expects known lengths of axis -1, got \(None, None\)/,
    );
  });
});
