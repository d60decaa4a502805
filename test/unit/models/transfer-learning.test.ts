import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cifarNetwork } from '../../../examples/chapter/network.js';
import * as tf from '../../../src/index.js';

let scratch: string;
let file: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'transfer-learning-'));
  file = join(scratch, 'cifar_model.h5');
  using model = cifarNetwork();
  await model.save(file);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const numbers = async (layer: tf.Layer) =>
  (await layer.getWeights()).map((weight) => [...(weight.dataSync() as Float32Array)]);
const x = () =>
  tf.tensor(
    Float32Array.from({ length: 8 * 3072 }, (_, i) => Math.abs(Math.sin(i))),
    [8, 32, 32, 3],
  );
const y = () =>
  tf.tensor(
    Float32Array.from({ length: 16 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0)),
    [8, 2],
  );

describe('the chapter’s transfer', () => {
  test('14 trainable weights become 6; two layers go, a new one comes; only what is free learns', async () => {
    const model = (await tf.loadModel(file)) as tf.Sequential;
    expect(model.trainableWeights).toHaveLength(14);
    model.freezeWeights({ from: 'conv1', to: 'drop2' });
    expect(model.trainableWeights).toHaveLength(6);
    expect([model.pop().name, model.pop().name].every((name) => /^(activation|dense)/.test(name))).toBe(true);
    expect(model.outputShape).toEqual([null, 256]);
    expect(model.trainableWeights).toHaveLength(4);
    model.add(tf.layers.dense({ name: 'new_dense', units: 2, activation: 'softmax' }));
    expect(model.trainableWeights).toHaveLength(6);
    expect(model.outputShape).toEqual([null, 2]);
    model.compile({ loss: 'binaryCrossentropy', optimizer: 'adam', metrics: ['accuracy'] });

    const dense = model.layers.find(({ name }) => name.startsWith('dense')) as tf.Layer;
    const before = await Promise.all([model.getLayer('conv4'), dense, model.getLayer('new_dense')].map(numbers));
    await model.fit(x(), y(), { epochs: 1, batchSize: 4, verbose: 0 });
    expect(await numbers(model.getLayer('conv4'))).toEqual(before[0]);
    expect(await numbers(dense)).not.toEqual(before[1]);
    expect(await numbers(model.getLayer('new_dense'))).not.toEqual(before[2]);
  });

  test('the changed model is saved and loaded with what is frozen', async () => {
    const model = (await tf.loadModel(file)) as tf.Sequential;
    model.freezeWeights({ to: 'drop2' });
    model.pop();
    model.pop();
    model.add(tf.layers.dense({ name: 'new_dense', units: 2, activation: 'softmax' }));
    const changed = join(scratch, 'changed.h5');
    await model.save(changed);
    using again = await tf.loadModel(changed);
    expect(again.trainableWeights).toHaveLength(6);
    expect(again.layers.at(-1)?.name).toBe('new_dense');
    const [got, wanted] = await Promise.all([again, model].map(async (one) => (await one.predict(x())).dataSync()));
    expect([...(got as Float32Array)]).toEqual([...(wanted as Float32Array)]);
  });

  test('freezing counts from the next compile on', async () => {
    const model = (await tf.loadModel(file)) as tf.Sequential;
    model.pop();
    model.pop();
    model.add(tf.layers.dense({ units: 2, activation: 'softmax' }));
    model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam' });
    await model.fit(x(), y(), { verbose: 0 });
    model.freezeWeights();
    expect(model.trainableWeights).toHaveLength(0);
    model.unfreezeWeights({ from: 'conv4' });
    model.compile({ loss: 'categoricalCrossentropy', optimizer: 'adam' });
    const before = await Promise.all(['conv3', 'conv4'].map((name) => numbers(model.getLayer(name))));
    await model.fit(x(), y(), { verbose: 0 });
    expect(await numbers(model.getLayer('conv3'))).toEqual(before[0]);
    expect(await numbers(model.getLayer('conv4'))).not.toEqual(before[1]);
  });
});

test('frozen batch normalization runs in inference mode while the rest trains', async () => {
  const normalization = tf.layers.batchNormalization({ name: 'norm' });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'below', units: 3, inputShape: [2], useBias: false, trainable: false }),
      normalization,
      tf.layers.dense({ name: 'above', units: 1, useBias: false }),
    ],
  });
  await normalization.setWeights([
    [1, 1, 1],
    [0, 0, 0],
    [5, -5, 0],
    [4, 9, 1],
  ]);
  normalization.trainable = false;
  const data = tf.tensor(
    [
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 9],
    ],
    [4, 2],
    'float32',
  );
  model.compile({ loss: 'mse', optimizer: tf.optimizers.sgd(0) });
  const target = await model.predict(data);
  const { loss } = await model.trainOnBatch(data, target);
  // In training mode the batch's own moments would move the outputs away from the prediction.
  expect(loss).toBeCloseTo(0, 10);
  expect(await numbers(normalization)).toEqual([
    [1, 1, 1],
    [0, 0, 0],
    [5, -5, 0],
    [4, 9, 1],
  ]);

  normalization.trainable = true;
  model.compile({ loss: 'mse', optimizer: tf.optimizers.sgd(0) });
  expect((await model.trainOnBatch(data, target)).loss).toBeGreaterThan(0.01);
  expect((await numbers(normalization))[2]).not.toEqual([5, -5, 0]);
});
