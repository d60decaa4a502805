import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import { cloneModel, type Model } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';
import { expectClose, type PackedArray, readFixture, valuesOf } from './nn-fixtures.js';

interface ModelFile {
  file: string;
  model: string;
  params: number;
  weights: { name: string; path: string; shape: number[]; sum: number }[];
  inputs: { name: string; value: PackedArray }[];
  outputs: PackedArray[];
  expected_on_cifar_images?: { loss: number; accuracy: number };
  optimizer: { class_name: string; iterations: number } | null;
}

interface Manifest {
  cifar_images: { value: PackedArray; labels: number[] };
  files: ModelFile[];
}

const path = (file: string): string =>
  fileURLToPath(new URL(`../../../shared/fixtures/models/${file}`, import.meta.url));

function pictures({ value, labels }: Manifest['cifar_images'], classes: number): { x: Tensor; y: Tensor } {
  const pixels = Float32Array.from(valuesOf(value), (v) => v / 255);
  const oneHot = labels.flatMap((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)));
  return { x: tensor(pixels, value.shape), y: tensor(Float32Array.from(oneHot), [labels.length, classes]) };
}

for (const [manifest, file] of [
  ['models.json', 'cifar_model.h5'],
  ['models.json', 'cifar_model.keras'],
  ['models_k2.json', 'cifar_model_k2.h5'],
] as const) {
  const { cifar_images: images, files } = readFixture<Manifest>(`models/${manifest}`);
  const golden = files.find((f) => f.file === file) as ModelFile;
  const { x, y } = pictures(images, 8);

  describe(`${file}, as Keras wrote it`, () => {
    test('predicts what Keras predicted', async () => {
      using model = await loadModel(path(file));
      await expectClose(await model.predict(x), golden.outputs[0] as PackedArray, { rtol: 0, atol: 1e-5 });
    });

    test('has its name, its weights in order, and its number of parameters', async () => {
      using model = await loadModel(path(file));
      expect(model.name).toBe(golden.model);
      expect(model.countParams()).toBe(golden.params);
      expect(model.weights.map((w) => w.name)).toEqual(
        golden.weights.map((w) => w.path.replace(`${golden.model}/`, '').replace(':0', '')),
      );
      const sums = (await model.getWeights()).map((w) => (w.dataSync() as Float32Array).reduce((a, b) => a + b, 0));
      for (const [i, { sum }] of golden.weights.entries()) expect(sums[i]).toBeCloseTo(sum, 3);
    });

    test('evaluates as it did there, ready compiled', async () => {
      using model = await loadModel(path(file));
      const { loss, accuracy } = await model.evaluate(x, y);
      expect(loss).toBeCloseTo(golden.expected_on_cifar_images?.loss ?? Number.NaN, 4);
      expect(accuracy).toBeCloseTo(golden.expected_on_cifar_images?.accuracy ?? Number.NaN, 5);
    });

    test('trains on with the optimizer’s state', async () => {
      using model = await loadModel(path(file));
      expect(model.optimizer.className).toBe(golden.optimizer?.class_name);
      const iteration = model.optimizer.stateOf('iteration', undefined);
      expect(Number((await iteration?.value())?.dataSync()[0])).toBe(golden.optimizer?.iterations);
      await model.trainOnBatch(x, y);
      expect(Number((await iteration?.value())?.dataSync()[0])).toBe((golden.optimizer?.iterations ?? 0) + 1);
    });
  });
}

for (const [manifest, suffix] of [
  ['models.json', '.h5'],
  ['models.json', '.keras'],
  ['models_k2.json', '_k2.h5'],
] as const) {
  const { files } = readFixture<Manifest>(`models/${manifest}`);

  describe.each(['branches', 'mixed_conv', 'text'])(`%s${suffix}, as Keras wrote it`, (name) => {
    const golden = files.find((f) => f.file === `${name}${suffix}`) as ModelFile;

    test('predicts what Keras predicted', async () => {
      using model = await loadModel(path(golden.file));
      const x = golden.inputs.map(({ value }) => tensor(Float32Array.from(valuesOf(value)), value.shape));
      const y = [await model.predict<Tensor | Tensor[]>(x)].flat();
      for (const [i, output] of golden.outputs.entries()) {
        await expectClose(y[i] as Tensor, output, { rtol: 0, atol: 1e-5 });
      }
    });

    test('has its name, its weights in order, and its number of parameters', async () => {
      using model = await loadModel(path(golden.file));
      expect(model.name).toBe(golden.model);
      expect(model.countParams()).toBe(golden.params);
      const sums = (await model.getWeights()).map((w) => (w.dataSync() as Float32Array).reduce((a, b) => a + b, 0));
      for (const [i, { sum }] of golden.weights.entries()) expect(sums[i]).toBeCloseTo(sum, 3);
    });
  });
}

describe('weights alone, as Keras 3 wrote them', () => {
  const { files } = readFixture<Manifest>('models/models.json');

  test.each(['branches', 'mixed_conv'])('%s.weights.h5', async (name) => {
    const golden = files.find((f) => f.file === `${name}.weights.h5`) as ModelFile;
    using theirs = await loadModel(path(`${name}.keras`));
    using model = cloneModel(theirs);
    await model.loadWeights(path(golden.file));
    const sums = (await model.getWeights()).map((w) => (w.dataSync() as Float32Array).reduce((a, b) => a + b, 0));
    for (const [i, { sum }] of golden.weights.entries()) expect(sums[i]).toBeCloseTo(sum, 3);
  });

  test('with the optimizer’s state, which goes on', async () => {
    using theirs = await loadModel(path('cifar_model.keras'));
    using model = cloneModel(theirs);
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    await model.loadWeights(path('cifar_model.weights.h5'));
    expect(await stateOf(model)).toEqual(await stateOf(theirs));
  });
});

async function stateOf(model: Model): Promise<unknown[]> {
  const values = await model.program.values(model.optimizer.weights.map(({ variable }) => variable));
  return values.map((value) => value.dataSync());
}

describe('files that are not for here are refused in a sentence', () => {
  test('weights only', async () => {
    await expect(loadModel(path('cifar_model.weights.h5'))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  test('a folder that is no model, and nothing', async () => {
    await expect(loadModel(path('..'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
    await expect(loadModel(path('nothing.h5'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  });
});
