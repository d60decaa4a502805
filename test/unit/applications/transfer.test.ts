import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tf from '../../../src/index.js';

const SIDE = 8;
const CLASSES = ['dark', 'light'];
let scratch: string;

/** Dark and light noise, by number. */
function pixels(index: number): Float32Array {
  const base = index % 2 === 0 ? 0.2 : 0.7;
  return Float32Array.from({ length: SIDE * SIDE * 3 }, (_, i) => base + 0.1 * Math.sin(i * (index + 1)));
}

function samples(count: number): [tf.Tensor, tf.Tensor] {
  const all = Array.from({ length: count }, (_, i) => pixels(i));
  const y = Array.from({ length: count }, (_, i) => (i % 2 === 0 ? [1, 0] : [0, 1]));
  return [
    tf.tensor(Float32Array.from(all.flatMap((one) => [...one])), [count, SIDE, SIDE, 3]),
    tf.tensor(y, [count, 2], 'float32'),
  ];
}

/** Convolution, normalization and a classifier of eight classes. */
function classifier(): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'conv', inputShape: [SIDE, SIDE, 3], filters: 6, kernelSize: 3 }),
      tf.layers.batchNormalization({ name: 'norm' }),
      tf.layers.activation({ activation: 'relu' }),
      tf.layers.globalAveragePooling2d({ name: 'pool' }),
      tf.layers.dense({ name: 'hidden', units: 5, activation: 'relu' }),
      tf.layers.dropout({ rate: 0.5, name: 'drop' }),
      tf.layers.dense({ name: 'old_classes', units: 8, activation: 'softmax' }),
    ],
  });
}

const names = (model: tf.Model) => model.layers.map(({ name }) => name);
const values = async (layer: tf.Layer) =>
  (await layer.getWeights()).map((weight) => [...(weight.dataSync() as Float32Array)]);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'transfer-'));
  for (const [number, name] of CLASSES.entries()) {
    await mkdir(join(scratch, name));
    for (let i = 0; i < 6; i++) {
      const data = Uint8Array.from(pixels(2 * i + number), (value) => value * 255);
      await sharp(data, { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .png()
        .toFile(join(scratch, name, `${i}.png`));
    }
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('transfer', () => {
  test('takes the classifier and its dropout off, freezes the rest and trains two new layers on its features', async () => {
    const base = classifier();
    const before = await values(base.getLayer('conv'));
    const { model, history, evaluation, fineTuning } = await tf.applications.transfer(base, {
      classes: 2,
      train: samples(64),
      valid: samples(32),
      epochs: 60,
      optimizer: tf.optimizers.adam(0.05),
      verbose: 0,
    });
    expect(names(model).slice(-3)).toEqual(['hidden', 'transfer_dropout', 'transfer_classes']);
    expect(model.trainableWeights).toHaveLength(2);
    expect(history.epoch).toHaveLength(60);
    expect(history.history).toHaveProperty('val_accuracy');
    expect(evaluation?.accuracy).toBeGreaterThan(0.95);
    expect(fineTuning).toBeUndefined();
    expect(await values(base.getLayer('conv'))).toEqual(before);
  });

  test('what the head saw is what the whole gives: evaluation is the last validation of the head', async () => {
    const { history, evaluation } = await tf.applications.transfer(classifier(), {
      classes: 2,
      train: samples(20),
      valid: samples(10),
      epochs: 3,
      batchSize: 4,
      verbose: 0,
    });
    expect(evaluation?.loss).toBeCloseTo(history.history.val_loss?.at(-1) ?? Number.NaN, 5);
    expect(evaluation?.accuracy).toBeCloseTo(history.history.val_accuracy?.at(-1) ?? Number.NaN, 6);
  });

  test('takes folders, flows and datasets', async () => {
    const options = { classes: 2, epochs: 1, batchSize: 4, verbose: 0 } as const;
    const folder = await tf.applications.transfer(classifier(), { ...options, train: scratch, valid: scratch });
    expect(folder.evaluation?.accuracy).toBeGreaterThanOrEqual(0);
    const generator = tf.data.imageDataGenerator({ rescale: 1 / 255 });
    const flow = await generator.flowFromDirectory(scratch, { targetSize: [SIDE, SIDE], batchSize: 5, verbose: 0 });
    expect((await tf.applications.transfer(classifier(), { ...options, train: flow })).history.epoch).toEqual([0]);
    const [x, y] = samples(8);
    const dataset = tf.data.fromTensorSlices([x, y]).batch(3);
    expect((await tf.applications.transfer(classifier(), { ...options, train: dataset })).history.epoch).toEqual([0]);
  });

  test('class numbers, and two classes as one score, have their own losses', async () => {
    const [x] = samples(8);
    const numbers = tf.tensor([0, 1, 0, 1, 0, 1, 0, 1], [8], 'int32');
    const options = { epochs: 1, verbose: 0 } as const;
    const many = await tf.applications.transfer(classifier(), { ...options, classes: 2, train: [x, numbers] });
    expect(many.model.outputShape).toEqual([null, 2]);
    const one = await tf.applications.transfer(classifier(), { ...options, classes: 1, train: [x, numbers] });
    expect(one.model.outputShape).toEqual([null, 1]);
  });

  test('fine-tunes from a layer on; batch normalization stays as it is', async () => {
    const base = classifier();
    const [conv, norm, hidden] = await Promise.all(
      ['conv', 'norm', 'hidden'].map((name) => values(base.getLayer(name))),
    );
    const { model, fineTuning } = await tf.applications.transfer(base, {
      classes: 2,
      train: samples(16),
      epochs: 1,
      fineTune: { from: 'norm', epochs: 2, optimizer: tf.optimizers.adam(0.01) },
      verbose: 0,
    });
    expect(fineTuning?.epoch).toEqual([0, 1]);
    expect(await values(base.getLayer('conv'))).toEqual(conv);
    expect(await values(base.getLayer('norm'))).toEqual(norm);
    expect(await values(base.getLayer('hidden'))).not.toEqual(hidden);
    expect(model.trainableWeights).toHaveLength(4);
  });

  test('a network without a classifier keeps all it has; its feature maps are averaged', async () => {
    const base = tf.sequential({
      layers: [tf.layers.conv2d({ name: 'conv', inputShape: [SIDE, SIDE, 3], filters: 6, kernelSize: 3 })],
    });
    const { model } = await tf.applications.transfer(base, { classes: 2, train: samples(8), epochs: 1, verbose: 0 });
    expect(names(model).slice(1)).toEqual(['conv', 'transfer_pool', 'transfer_dropout', 'transfer_classes']);
  });

  test('a classifier may be a convolution of one place; dense layers inside a network are none', async () => {
    const options = { classes: 2, train: samples(8), epochs: 1, verbose: 0 } as const;
    const mobile = tf.sequential({
      layers: [
        tf.layers.conv2d({ name: 'conv', inputShape: [SIDE, SIDE, 3], filters: 6, kernelSize: 3 }),
        tf.layers.globalAveragePooling2d({ name: 'pool', keepdims: true }),
        tf.layers.conv2d({ name: 'old_classes', filters: 8, kernelSize: 1 }),
        tf.layers.flatten(),
      ],
    });
    expect(names((await tf.applications.transfer(mobile, options)).model)).not.toContain('old_classes');
    const x = tf.input({ shape: [SIDE, SIDE, 3] });
    const inner = tf.layers.dense({ name: 'inner', units: 4 }).apply(x);
    const outer = tf.layers.conv2d({ name: 'outer', filters: 6, kernelSize: 3 }).apply(inner);
    const { model } = await tf.applications.transfer(tf.model({ inputs: x, outputs: outer }), options);
    expect(names(model)).toEqual(expect.arrayContaining(['inner', 'outer']));
  });

  test('cuts where it is told, takes a head of the caller, saves and loads', async () => {
    const { model } = await tf.applications.transfer(classifier(), {
      classes: 2,
      cut: 'pool',
      head: [
        tf.layers.dense({ units: 4, activation: 'relu', name: 'mine' }),
        tf.layers.dense({ units: 2, activation: 'softmax' }),
      ],
      train: samples(8),
      epochs: 1,
      verbose: 0,
    });
    expect(names(model)).not.toContain('hidden');
    const file = join(scratch, 'transferred.h5');
    await model.save(file);
    using again = await tf.loadModel(file);
    const [x] = samples(3);
    expect([...((await again.predict(x)).dataSync() as Float32Array)]).toEqual([
      ...((await model.predict(x)).dataSync() as Float32Array),
    ]);
    await rm(file);
  });

  test('refuses data without labels, another number of classes, unknown layers, a folder for a network of any size', async () => {
    const options = { classes: 2, train: samples(4), epochs: 1, verbose: 0 } as const;
    const run = (more: object, base: tf.Sequential = classifier()) =>
      tf.applications.transfer(base, { ...options, ...more });
    await expect(run({ train: samples(4)[0] })).rejects.toMatchObject({ code: 'ERR_LABELS' });
    await expect(run({ head: [tf.layers.dense({ units: 3 })] })).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(run({ cut: 'poll' })).rejects.toThrow(/pool/);
    await expect(run({ fineTune: { from: 'hiden' } })).rejects.toThrow(/hidden/);
    await expect(run({ clases: 2 })).rejects.toThrow(/classes/);
    const open = tf.sequential({
      layers: [tf.layers.conv2d({ inputShape: [null, null, 3], filters: 2, kernelSize: 3 })],
    });
    await expect(run({ train: scratch }, open)).rejects.toThrow(/picture size/);
  });
});
