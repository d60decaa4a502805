import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCheckpointIndex } from '../../../src/core/checkpoint-index.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { model as functional, input, type Model, type QuantizedTo, sequential } from '../../../src/models/index.js';
import { loadModel } from '../../../src/saving/load-model.js';
import { ServedModel } from '../../../src/saving/served-model.js';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'quantized-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** Filters of every kind: those with their channels at other axes too. */
function network(): Model {
  const image = input({ name: 'image', shape: [8, 8, 3] });
  const word = input({ name: 'word', shape: [4], dtype: 'int32' });
  let seen = layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }).apply(image);
  seen = layers.batchNormalization().apply(seen);
  seen = layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }).apply(seen);
  seen = layers.conv2dTranspose({ filters: 6, kernelSize: 3, strides: 2 }).apply(seen);
  const read = layers.lstm({ units: 6 }).apply(layers.embedding({ inputDim: 20, outputDim: 5 }).apply(word));
  const both = layers.concatenate().apply([layers.globalAveragePooling2d().apply(seen), read]);
  return functional({ inputs: [image, word], outputs: layers.dense({ name: 'out', units: 3 }).apply(both) });
}

const samples = {
  image: tensor(Float32Array.from({ length: 5 * 192 }, (_, i) => Math.sin(i)), [5, 8, 8, 3]), // biome-ignore format: short
  word: tensor(
    Int32Array.from({ length: 20 }, (_, i) => (i * 7) % 20),
    [5, 4],
  ),
};

const largest = (a: Tensor, b: Tensor): number => {
  const [x, y] = [a.dataSync() as Float32Array, b.dataSync() as Float32Array];
  return Math.max(...x.map((value, i) => Math.abs(value - (y[i] ?? Number.NaN))));
};

describe.each<[QuantizedTo, number, number]>([
  ['float16', 2, 0.01],
  ['int8', 4, 0.1],
])('%s', (to, factor, most) => {
  test('takes less room and predicts nearly the same; the report says how nearly', async () => {
    using model = network();
    const before = await model.predict(samples);
    const folder = join(parent, to);
    const report = await model.exportSavedModel(folder, { quantize: { to, samples } });
    using loaded = await loadModel(folder);
    expect(loaded).toBeInstanceOf(ServedModel);
    const change = largest(before, await loaded.predict(samples));
    expect(change).toBeGreaterThan(0);
    expect(change).toBeLessThan(most);
    expect(report.largestChange).toBeCloseTo(change, 6);
    const kernels = report.weights.filter(({ dtype }) => dtype === to);
    expect(kernels.map(({ name }) => name.replace(/^.*\//, ''))).toEqual(
      expect.arrayContaining(['kernel', 'embeddings']),
    );
    expect(kernels.every(({ largestChange }) => largestChange > 0 && largestChange < most)).toBe(true);
    expect(report.sizeBefore).toBe(4 * model.countParams());
    expect(report.sizeAfter).toBe(report.weights.reduce((sum, { bytesAfter }) => sum + bytesAfter, 0));
    const raw = kernels.reduce((sum, { bytesBefore }) => sum + bytesBefore, 0);
    const kept = kernels.reduce((sum, { bytesAfter }) => sum + bytesAfter, 0);
    expect(kept).toBeGreaterThanOrEqual(raw / factor);
    expect(kept).toBeLessThan((raw / factor) * 1.6);
  });

  test('is so in the checkpoint, vectors excepted', async () => {
    using model = network();
    const folder = join(parent, `${to}-checkpoint`);
    const { weights } = await model.exportSavedModel(folder, { quantize: to });
    const entries = await readCheckpointIndex(join(folder, 'variables', 'variables'));
    for (const { name, dtype } of weights) expect(entries.get(name)?.dtype).toBe(dtype);
    expect(weights.filter(({ name }) => /bias|gamma|beta|moving/.test(name)).every(({ dtype }) => dtype === 'float32')).toBe(true); // biome-ignore format: one line
  });

  test('a weight that cannot be kept so is named, and what was there stays', async () => {
    using model = sequential();
    model.add(layers.dense({ name: 'wide', units: 2, inputShape: [2] }));
    const folder = join(parent, `${to}-refused`);
    await model.exportSavedModel(folder);
    const old = await readFile(join(folder, 'saved_model.pb'));
    await model.setWeights([tensor([[1e5, Number.NaN], [1, 2]]), tensor([0, 0])]); // biome-ignore format: short
    await expect(model.exportSavedModel(folder, { quantize: to })).rejects.toEqual(
      failing('ERR_ARGUMENT', /'wide\/kernel'/),
    );
    expect(await readFile(join(folder, 'saved_model.pb'))).toEqual(old);
    expect((await readdir(parent)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('int8 keeps zeros and the greatest value of each channel', async () => {
  using model = sequential();
  model.add(layers.dense({ units: 2, useBias: false, inputShape: [3] }));
  await model.setWeights([tensor([[0, 1000], [0.5, 0], [-1, 1]])]); // biome-ignore format: short
  await model.exportSavedModel(join(parent, 'channels'), { quantize: 'int8' });
  using loaded = await loadModel(join(parent, 'channels'));
  const eye = tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1]]); // biome-ignore format: short
  const [a, b, c] = (await loaded.predict(eye)).array() as [number[], number[], number[]];
  expect([a[0], b[1]]).toEqual([0, 0]);
  expect([a[1], c[0]]).toEqual([expect.closeTo(1000, 3), expect.closeTo(-1, 6)]);
  expect(Math.abs((b[0] ?? 0) - 0.5)).toBeLessThan(1 / 254);
});

test('the model itself stays as it is, and its file is that much smaller', async () => {
  using model = sequential();
  model.add(layers.dense({ units: 256, inputShape: [256] }));
  model.add(layers.dense({ units: 4 }));
  model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
  const x = tensor(new Float32Array(256).fill(0.1), [1, 256]);
  const before = (await model.predict(x)).array();
  const size = async (name: string) => (await stat(join(parent, name, 'variables/variables.data-00000-of-00001'))).size;
  await model.exportSavedModel(join(parent, 'whole'), { signatures: ['serving_default'] });
  await model.exportSavedModel(join(parent, 'eighth'), { quantize: 'int8' });
  expect((await model.predict(x)).array()).toEqual(before);
  expect(await size('eighth')).toBeLessThan((await size('whole')) / 3.5);
});

test.each<[string, Parameters<Model['exportSavedModel']>[1], string, RegExp]>([
  ['another type', { quantize: 'int4' as 'int8' }, 'ERR_UNKNOWN_NAME', /int4/],
  ['training', { quantize: 'int8', signatures: ['predict', 'train_step'] }, 'ERR_ARGUMENT', /leave 'train_step' out/],
  ['samples of another shape', { quantize: { to: 'int8', samples: tensor([[1]]) } }, 'ERR_SHAPE', /a sample has/],
])('%s is refused', async (_, options, code, message) => {
  using model = sequential();
  model.add(layers.dense({ units: 2, inputShape: [2] }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  await expect(model.exportSavedModel(join(parent, 'refused'), options)).rejects.toEqual(failing(code, message));
});

test('what has nothing to quantise is refused, and nothing is written', async () => {
  const small = join(parent, 'nothing');
  using frozen = await loadModel('test/golden/graphs/frozen.pb');
  await expect(frozen.exportSavedModel(small, { quantize: 'int8' })).rejects.toEqual(
    failing('ERR_ARGUMENT', /'frozen' has no weights that can be quantised.*leave quantize out/),
  );
  using vectors = sequential({ layers: [layers.batchNormalization({ inputShape: [3] })] });
  await expect(vectors.exportSavedModel(small, { quantize: 'float16' })).rejects.toEqual(
    failing('ERR_ARGUMENT', /two or more dimensions/),
  );
  expect(await readdir(parent)).not.toContain('nothing');
});
