import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { config } from '../../../src/core/config.js';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { model as functional } from '../../../src/models/functional.js';
import { input } from '../../../src/models/input.js';
import { fastestPrecision, precisionOfGpu } from '../../../src/models/precision.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { LossScaleOptimizer } from '../../../src/nn/optimizers/loss-scale-optimizer.js';
import { loadModel } from '../../../src/saving/load-model.js';

function network(): Sequential {
  return sequential({
    layers: [
      layers.dense({ units: 8, activation: 'relu', inputShape: [4] }),
      layers.dropout({ rate: 0.1 }),
      layers.dense({ units: 2, activation: 'softmax' }),
    ],
  });
}

const policies = ({ layers }: { layers: readonly layers.Layer[] }): string[] => layers.map((l) => l.dtypePolicy.name);
const x = tensor([[1, 2, 3, 4]]);

describe('precision', () => {
  test('is that of all layers but the last; weights and what the model gives stay float32', async () => {
    using model = network();
    const before = await (await model.predict(x)).data();
    model.compile({ loss: 'mse', precision: 'mixed_bfloat16' });
    expect(policies(model)).toEqual(['mixed_bfloat16', 'mixed_bfloat16', 'float32']);
    expect(model.weights.map(({ dtype }) => dtype)).toEqual(Array(4).fill('float32'));
    const after = await model.predict(x);
    expect(after.dtype).toBe('float32');
    const narrow = await after.data();
    expect(narrow).not.toEqual(before);
    for (const [i, value] of narrow.entries()) expect(value).toBeCloseTo(before[i] as number, 1);
    model.setPrecision('float32');
    expect(await (await model.predict(x)).data()).toEqual(before);
  });

  test('of a functional model leaves every output wide, those of models inside too', () => {
    const start = input({ shape: [4] });
    const hidden = layers.dense({ units: 3, name: 'hidden' }).apply(start);
    const inner = sequential({ layers: [layers.dense({ units: 3, inputShape: [3] }), layers.dense({ units: 2 })] });
    using model = functional({
      inputs: start,
      outputs: [inner.apply(hidden), layers.dense({ units: 1, name: 'other' }).apply(hidden)],
    });
    model.setPrecision('mixed_bfloat16');
    expect(model.getLayer('hidden').dtypePolicy.name).toBe('mixed_bfloat16');
    expect(model.getLayer('other').dtypePolicy.name).toBe('float32');
    expect(policies(inner)).toEqual(['mixed_bfloat16', 'float32']);
  });

  test('scales the loss under mixed_float16, once', () => {
    using model = network();
    model.compile({ loss: 'mse', optimizer: 'sgd', precision: 'mixed_float16' });
    expect(model.optimizer).toBeInstanceOf(LossScaleOptimizer);
    const optimizer = model.optimizer;
    model.setPrecision('mixed_float16');
    expect(model.optimizer).toBe(optimizer);
  });

  test('auto is what the device is fastest in', () => {
    using model = network();
    model.setPrecision('auto');
    expect(model.dtypePolicy.name).toBe(fastestPrecision());
    expect([6.1, 7.5, 8, 9].map(precisionOfGpu)).toEqual([
      'float32',
      'mixed_float16',
      'mixed_bfloat16',
      'mixed_bfloat16',
    ]);
  });

  test('nobody knows is refused with the nearest', () => {
    using model = network();
    expect(() => model.compile({ loss: 'mse', precision: 'mixed_bfloat' as never })).toThrow(
      "Unknown precision 'mixed_bfloat'. Did you mean 'mixed_bfloat16'?",
    );
  });

  test('is kept in a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'precision-'));
    try {
      for (const name of ['model.keras', 'model.h5']) {
        using model = network();
        model.compile({ loss: 'mse', precision: 'mixed_bfloat16' });
        const expected = await (await model.predict(x)).data();
        await model.save(join(folder, name));
        using again = await loadModel(join(folder, name));
        expect(policies(again)).toEqual(policies(model));
        expect(await (await again.predict(x)).data()).toEqual(expected);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the policy of the process', () => {
  afterEach(() => config({ dtypePolicy: 'float32' }));

  test('is that of layers which are not told', () => {
    config({ dtypePolicy: 'mixed_bfloat16' });
    using model = network();
    expect(policies(model)).toEqual(Array(3).fill('mixed_bfloat16'));
    expect(layers.dense({ units: 1, dtype: 'float32' }).computeDType).toBe('float32');
  });

  test('of another dtype for the weights is no precision of a layer', () => {
    const layer = layers.dense({ units: 1, name: 'out', dtype: 'float64' });
    expect(() => layer.setDTypePolicy('mixed_bfloat16')).toThrow(
      "Dense 'out' keeps its weights in float64, which 'mixed_bfloat16' does not; make the layer with that dtype.",
    );
  });
});
