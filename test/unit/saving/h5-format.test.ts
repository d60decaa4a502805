import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Functional, input, type Model, model } from '../../../src/models/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { losses, metrics, optimizers } from '../../../src/nn/index.js';
import { saveH5 } from '../../../src/saving/h5-format.js';
import { readKerasH5 } from '../../../src/saving/hdf5/keras-h5.js';
import { loadModel } from '../../../src/saving/load-model.js';

const DIALECTS = ['keras2', 'keras3'] as const;
const x = tensor(Float32Array.from({ length: 8 * 16 }, (_, i) => Math.sin(i * i)), [8, 4, 4, 1]); // biome-ignore format: data
const y = tensor(Float32Array.from({ length: 8 * 3 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0)), [8, 3]); // biome-ignore format: data

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saving-'));
  path = join(folder, 'model.h5');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** One of every layer there is, with options that are not the defaults. */
function everything(): Sequential {
  const model = sequential({ name: 'everything' });
  model.add(layers.conv2d({ name: 'conv', filters: 3, kernelSize: [2, 3], strides: 1, padding: 'same', inputShape: [4, 4, 1], kernelInitializer: 'heNormal', kernelRegularizer: 'l2' })); // biome-ignore format: one line a layer
  model.add(layers.batchNormalization({ name: 'norm', momentum: 0.8, epsilon: 0.01, betaInitializer: 'ones' }));
  model.add(layers.activation({ name: 'act', activation: 'elu' }));
  model.add(layers.maxPooling2d({ name: 'max', poolSize: [2, 1], padding: 'same' }));
  model.add(layers.averagePooling2d({ name: 'avg', poolSize: 2, strides: 1 }));
  model.add(layers.dropout({ name: 'drop', rate: 0.1, seed: 3 }));
  model.add(layers.flatten({ name: 'flat' }));
  model.add(
    layers.dense({ name: 'hidden', units: 4, activation: 'tanh', useBias: false, kernelConstraint: 'maxNorm' }),
  );
  model.add(layers.dense({ name: 'head', units: 3, activation: 'softmax', dtype: 'float32' }));
  return model;
}

const rows = async (model: Model): Promise<unknown> => (await model.predict(x)).array();
/** Dropout would need the same random state on both sides. */
const withoutDropout = (model: Sequential): Sequential =>
  sequential({ name: model.name, layers: model.layers.filter((l) => l.name !== 'drop').map((l) => layers.deserialize(layers.serialize(l) as never)) }); // biome-ignore format: one line

describe.each(DIALECTS)('%s: saved and loaded', (dialect) => {
  test('a model is the same: config, weights, predictions', async () => {
    using model = everything();
    await model.save(path, { dialect });
    using loaded = await loadModel(path);
    expect(loaded.name).toBe('everything');
    expect(loaded.getConfig()).toEqual(model.getConfig());
    expect((await loaded.getWeights()).map((w) => w.array())).toEqual((await model.getWeights()).map((w) => w.array()));
    expect(await rows(loaded)).toEqual(await rows(model));
    expect(loaded.isCompiled).toBe(false);
  });

  test.each([
    ['sgd with momentum', () => optimizers.sgd({ learningRate: 0.01, momentum: 0.9 })],
    ['rmsprop', () => optimizers.rmsprop({ learningRate: 0.01, momentum: 0.5, centered: true })],
    ['adam with amsgrad', () => optimizers.adam({ learningRate: 0.01, amsgrad: true })],
  ])('training goes on as if nothing had happened (%s)', async (_, optimizer) => {
    using model = withoutDropout(everything());
    model.compile({ optimizer: optimizer(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const options = { epochs: 2, batchSize: 4, shuffle: false };
    await model.fit(x, y, options);
    await model.save(path, { dialect });
    using loaded = await loadModel(path);
    // Why not the name: Keras 2 calls an optimizer by its class.
    expect({ ...loaded.optimizer.getConfig(), name: '' }).toEqual({ ...model.optimizer.getConfig(), name: '' });
    const [there, here] = [await loaded.fit(x, y, options), await model.fit(x, y, options)];
    for (const name of ['loss', 'accuracy']) {
      for (const [i, value] of (here.history[name] ?? []).entries()) {
        expect(Math.abs((there.history[name]?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-6);
      }
    }
  });

  test('loss and metrics with options are compiled again', async () => {
    using model = everything();
    model.compile({
      optimizer: 'adam',
      loss: new losses.CategoricalCrossentropy({ labelSmoothing: 0.1 }),
      metrics: ['acc', new metrics.TopKCategoricalAccuracy({ k: 2, name: 'top2' })],
    });
    await model.save(path, { dialect });
    using loaded = await loadModel(path);
    const [there, here] = [await loaded.evaluate(x, y), await model.evaluate(x, y)];
    expect(Object.keys(there)).toEqual(['acc', 'loss', 'top2']);
    expect(there).toEqual(here);
  });

  test('frozen layers stay frozen', async () => {
    using model = everything();
    model.getLayer('conv').trainable = false;
    await model.save(path, { dialect });
    using loaded = await loadModel(path);
    expect(loaded.trainableWeights.map((w) => w.name)).toEqual(model.trainableWeights.map((w) => w.name));
  });

  test('names in the file are the dialect’s', async () => {
    using model = everything();
    await model.save(path, { dialect });
    const names = (await readKerasH5(path)).layers.flatMap((layer) => layer.weights.map((w) => w.name));
    expect(names[0]).toBe(dialect === 'keras2' ? 'conv/kernel:0' : 'everything/conv/kernel');
  });

  test('weights alone', async () => {
    using model = everything();
    using other = everything();
    await model.saveWeights(path, { dialect });
    await other.loadWeights(path);
    expect(await rows(other)).toEqual(await rows(model));
  });
});

describe('what is refused', () => {
  test('weights of another architecture, and none is set', async () => {
    using model = everything();
    await model.saveWeights(path);
    using other = sequential({ layers: [layers.dense({ name: 'one', units: 2, inputShape: [3] })] });
    const before = (await other.getWeights()).map((w) => w.array());
    await expect(other.loadWeights(path)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/4 layers with weights.*has 1/),
    });
    expect((await other.getWeights()).map((w) => w.array())).toEqual(before);
  });

  test('a weight of another shape, naming both', async () => {
    using model = sequential({ layers: [layers.dense({ name: 'one', units: 2, inputShape: [3] })] });
    using other = sequential({ layers: [layers.dense({ name: 'one', units: 2, inputShape: [4] })] });
    await model.saveWeights(path);
    await expect(other.loadWeights(path)).rejects.toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/'one\/kernel'.*\[4, 2\].*\[3, 2\]/),
    });
  });

  test.each([
    ['an unknown dialect', { dialect: 'keras33' }, /Did you mean 'keras3'/],
    ['an unknown option', { dialekt: 'keras3' }, /Did you mean 'dialect'/],
  ])('%s', async (_, options, message) => {
    using model = everything();
    await expect(model.save(path, options as never)).rejects.toThrow(message);
  });

  test('a file name of no known format', async () => {
    using model = everything();
    await expect(model.save(join(folder, 'model.txt'))).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/\.h5/),
    });
  });

  test('a model without weights yet', async () => {
    await expect(saveH5(sequential({ layers: [layers.dense({ units: 1 })] }), path)).rejects.toMatchObject({
      code: 'ERR_NOT_BUILT',
    });
  });

  test('a file that is something else', async () => {
    await writeFile(path, 'no model');
    await expect(loadModel(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });
});

describe('functional models', () => {
  /** Two inputs and outputs; a model inside is called twice and partly frozen. */
  function branched(): Functional {
    const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [2], name: 'b' })];
    const inner = sequential({ name: 'inner' });
    inner.add(layers.dense({ name: 'deep', units: 4, inputShape: [4] }));
    inner.add(layers.batchNormalization({ name: 'norm', momentum: 0.5 }));
    inner.add(layers.dense({ name: 'thin', units: 4, trainable: false }));
    const y = inner.apply(a);
    const joined = layers.concatenate({ name: 'cat' }).apply([inner.apply(y), y, b]);
    const score = layers.dense({ name: 'score', units: 1 }).apply(joined);
    const label = layers.dense({ name: 'label', units: 3, activation: 'softmax' }).apply(joined);
    const made = model({ inputs: [a, b], outputs: { score, label }, name: 'branched' });
    made.compile({
      optimizer: 'adam',
      loss: { score: 'mse', label: 'categoricalCrossentropy' },
      lossWeights: { score: 2, label: 1 },
      metrics: { label: ['accuracy'] },
    });
    return made;
  }
  const x = { a: tensor([[1, 2, 3, 4], [0, 1, 0, 1]]), b: tensor([[1, 2], [3, 4]]) }; // biome-ignore format: short
  const y = { score: tensor([[1], [2]]), label: tensor([[1, 0, 0], [0, 1, 0]]) }; // biome-ignore format: short

  test.each(DIALECTS)('%s: come back with weights, optimizer and options', async (dialect) => {
    using one = branched();
    await one.fit(x, y, { epochs: 2 });
    const path = join(folder, 'branched.h5');
    await one.save(path, { dialect });
    using again = await loadModel(path);
    type Outputs = { score: Tensor; label: Tensor };
    const [there, here] = [await again.predict<Outputs>(x), await one.predict<Outputs>(x)];
    expect(there.label.array()).toEqual(here.label.array());
    expect(again.trainableWeights.length).toBe(one.trainableWeights.length);
    expect(await again.evaluate(x, y)).toEqual(await one.evaluate(x, y));
    expect(await again.trainOnBatch(x, y)).toEqual(await one.trainOnBatch(x, y));
    expect(await again.evaluate(x, y)).toEqual(await one.evaluate(x, y));
  });

  test('without a word about the dialect, one that Keras 3 reads: its own for models inside', async () => {
    using one = branched();
    const path = join(folder, 'branched.h5');
    await one.save(path);
    expect((await readKerasH5(path)).kerasVersion).toMatch(/^3\./);
  });
});

describe('what else an optimizer keeps comes back: training goes on to the bit', () => {
  const made = [
    ['Muon', () => optimizers.muon({ learningRate: 0.01, excludeLayers: ['last'] })],
    ['LossScaleOptimizer', () => optimizers.lossScaleOptimizer({ innerOptimizer: optimizers.adam(0.01) })],
    ['Nadam', () => optimizers.nadam({ learningRate: 0.01 })],
  ] as const;
  test.each(made.flatMap(([name, make]) => ['.h5', '.keras'].map((ending) => [name, ending, make] as const)))(
    '%s, %s',
    async (_, ending, make) => {
      const data = tensor(Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), [6, 4]); // biome-ignore format: short
      const labels = tensor(Float32Array.from({ length: 12 }, (_, i) => Math.cos(i)), [6, 2]); // biome-ignore format: short
      using ours = sequential({ name: 'trained' });
      ours.add(layers.dense({ units: 3, inputShape: [4] }));
      ours.add(layers.dense({ name: 'last', units: 2 }));
      ours.compile({ optimizer: make(), loss: 'mse', metrics: ['mse'] });
      for (let i = 0; i < 3; i++) await ours.trainOnBatch(data, labels);
      const file = join(folder, `state${ending}`);
      await ours.save(file);
      using loaded = await loadModel(file);
      for (let i = 0; i < 2; i++) {
        const here = await ours.trainOnBatch(data, labels);
        const there = await loaded.trainOnBatch(data, labels);
        expect(there).toEqual(here);
        expect(Object.keys(there)).toEqual(['loss', 'mse']);
      }
    },
  );
});

describe('hardSigmoid, which Keras 2 and 3 take for different functions', () => {
  const made = (activation: 'hardSigmoid' | 'legacyHardSigmoid'): Sequential =>
    sequential({ layers: [layers.dense({ units: 2, inputShape: [4], activation })] });
  const activationIn = async (file: string): Promise<unknown> =>
    /"activation": "(\w+)"/.exec(JSON.stringify((await readKerasH5(file)).modelConfig, null, 1))?.[1];
  const values = tensor([[0.5, -1, 2, 0]], [1, 4], 'float32');

  test("Keras 3's is kept in its dialect, and refused in the other", async () => {
    using model = made('hardSigmoid');
    await model.save(path);
    expect(await readKerasH5(path)).toMatchObject({ kerasVersion: expect.stringMatching(/^3/) });
    expect(await activationIn(path)).toBe('hard_sigmoid');
    using loaded = await loadModel(path);
    expect((await loaded.predict(values)).array()).toEqual((await model.predict(values)).array());
    await expect(model.save(path, { dialect: 'keras2' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/no hardSigmoid of Keras 3.*legacyHardSigmoid/),
    });
  });

  test("Keras 2's is read from its dialect", async () => {
    using model = made('legacyHardSigmoid');
    await model.save(path);
    expect(await readKerasH5(path)).toMatchObject({ kerasVersion: expect.stringMatching(/^2/) });
    expect(await activationIn(path)).toBe('hard_sigmoid');
    using loaded = await loadModel(path);
    expect((await loaded.predict(values)).array()).toEqual((await model.predict(values)).array());
  });
});
