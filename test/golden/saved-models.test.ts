import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import type { Model } from '../../src/models/model.js';
import { loadModel } from '../../src/saving/load-model.js';
import { ServedModel } from '../../src/saving/served-model.js';
import { expectClose, type PackedArray, readFixture, type Tolerance, unpack, valuesOf } from './nn-fixtures.js';

interface SavedModelFile {
  file: string;
  model: string;
  params: number;
  weights: { shape: number[]; sum: number }[];
  inputs: 'cifar_images' | { name: string; value: PackedArray }[];
  outputs: PackedArray[];
  expected_on_cifar_images?: { loss: number; accuracy: number };
  optimizer: { class_name: string; iterations: number; variables: { sum: number }[] } | null;
}

interface Manifest {
  cifar_images: { value: PackedArray; labels: number[] };
  files: SavedModelFile[];
}

type Predicted = Tensor | Readonly<Record<string, Tensor>>;

const CLOSE: Tolerance = { rtol: 0, atol: 1e-5 };
const path = (file: string): string =>
  fileURLToPath(new URL(`../../../shared/fixtures/models/${file}`, import.meta.url));

const pictures = ({ cifar_images: { value } }: Manifest): Tensor =>
  tensor(
    Float32Array.from(valuesOf(value), (v) => v / 255),
    value.shape,
  );
const oneHot = ({ cifar_images: { labels } }: Manifest): Tensor =>
  tensor(labels.map((label) => Array.from({ length: 8 }, (_, c) => Number(c === label))));

const inputsOf = (manifest: Manifest, { inputs }: SavedModelFile): Record<string, Tensor> =>
  inputs === 'cifar_images'
    ? { picture: pictures(manifest) }
    : Object.fromEntries(inputs.map(({ name, value }) => [name, unpack(value)]));

async function expectOutputs(given: Predicted, outputs: readonly PackedArray[]): Promise<void> {
  const list = 'dtype' in given ? [given as Tensor] : Object.values(given);
  expect(list).toHaveLength(outputs.length);
  for (const [i, output] of outputs.entries()) await expectClose(list[i] as Tensor, output, CLOSE);
}

const keras3 = readFixture<Manifest>('models/models.json');

describe.each(['cifar_export', 'branches_export', 'mixed_conv_export', 'text_export'])(
  '%s, as Keras 3 exported it',
  (file) => {
    const golden = keras3.files.find((known) => known.file === file) as SavedModelFile;

    test('predicts what Keras predicted, inputs in order and in batches', async () => {
      using model = await loadModel(path(file));
      const x = Object.values(inputsOf(keras3, golden));
      const whole = await model.predict<Predicted>(x.length === 1 ? (x[0] as Tensor) : x);
      await expectOutputs(whole, golden.outputs);
      await expectOutputs(await model.predict<Predicted>(x, { batchSize: 2 }), golden.outputs);
    });

    test('has its parameters, and no layers', async () => {
      using model = await loadModel(path(file));
      expect(model).toBeInstanceOf(ServedModel);
      expect(model.layers).toEqual([]);
      expect(model.trainableWeights).toEqual([]);
      expect(Object.keys((model as ServedModel).signatures).sort()).toEqual(['serve', 'serving_default']);
    });
  },
);

test('inputs of an export go by name', async () => {
  const golden = keras3.files.find(({ file }) => file === 'branches_export') as SavedModelFile;
  using model = await loadModel(path('branches_export'));
  const { a, b } = inputsOf(keras3, golden);
  await expectOutputs(await model.predict<Predicted>({ b, a } as Record<string, Tensor>), golden.outputs);
});

test('an export evaluates once it is compiled, and says that fit is not for it', async () => {
  const golden = keras3.files.find(({ file }) => file === 'cifar_export') as SavedModelFile;
  using model = await loadModel(path('cifar_export'));
  model.compile({ loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const { loss, accuracy } = await model.evaluate(pictures(keras3), oneHot(keras3));
  expect(loss).toBeCloseTo(golden.expected_on_cifar_images?.loss ?? Number.NaN, 4);
  expect(accuracy).toBeCloseTo(golden.expected_on_cifar_images?.accuracy ?? Number.NaN, 5);
  await expect(model.fit(pictures(keras3), oneHot(keras3))).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringMatching(/train_step/),
  });
});

describe('cifar_savedmodel_k2, as Keras 2 saved it', () => {
  const manifest = readFixture<Manifest>('models/models_k2.json');
  const golden = manifest.files.find(({ file }) => file === 'cifar_savedmodel_k2') as SavedModelFile;
  const load = (): Promise<Model> => loadModel(path('cifar_savedmodel_k2'));

  test('has its layers and weights back, and predicts', async () => {
    using model = await load();
    expect(model.name).toBe(golden.model);
    expect(model.layers.map(({ name }) => name)).toContain('conv1');
    expect(model.countParams()).toBe(golden.params);
    const sums = (await model.getWeights()).map((w) => (w.dataSync() as Float32Array).reduce((a, b) => a + b, 0));
    for (const [i, { sum }] of golden.weights.entries()) expect(sums[i]).toBeCloseTo(sum, 3);
    await expectOutputs(await model.predict(pictures(manifest)), golden.outputs);
  });

  test('evaluates as there, and trains on with the optimizer’s state', async () => {
    using model = await load();
    const { loss, accuracy } = await model.evaluate(pictures(manifest), oneHot(manifest));
    expect(loss).toBeCloseTo(golden.expected_on_cifar_images?.loss ?? Number.NaN, 4);
    expect(accuracy).toBeCloseTo(golden.expected_on_cifar_images?.accuracy ?? Number.NaN, 5);
    expect(model.optimizer.className).toBe(golden.optimizer?.class_name);
    const iteration = async () => Number((await model.optimizer.iterations.value()).dataSync()[0]);
    expect(await iteration()).toBe(golden.optimizer?.iterations);
    const [first] = model.trainableWeights;
    const momentum = (await model.optimizer.stateOf('momentum', first)?.value())?.dataSync() ?? [];
    const sum = Array.from(momentum as Float32Array).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(golden.optimizer?.variables[1]?.sum ?? Number.NaN, 3);
    await model.trainOnBatch(pictures(manifest), oneHot(manifest));
    expect(await iteration()).toBe((golden.optimizer?.iterations ?? 0) + 1);
  });
});

interface Serving {
  tolerance: Tolerance;
  requests: { request: { instances?: unknown[]; inputs?: unknown }; response: { predictions?: number[][] } }[];
}

test('mnist_dense answers the requests of serving.json', async () => {
  const { requests, tolerance } = readFixture<Serving>('models/serving.json');
  using model = await loadModel(path('mnist_dense'));
  expect(model.inputNames).toEqual(['image_input']);
  const rows = requests.flatMap(({ request: { instances = [] }, response: { predictions = [] } }) =>
    instances.map((row, i) => [
      Array.isArray(row) ? row : (row as { image_input: number[] }).image_input,
      predictions[i],
    ]),
  ) as [number[], number[]][];
  expect(rows.length).toBeGreaterThan(0);
  const scores = (await model.predict(tensor(rows.map(([row]) => row)))).array() as number[][];
  for (const [i, [, wanted]] of rows.entries()) {
    for (const [k, want] of wanted.entries()) {
      expect(Math.abs((scores[i]?.[k] ?? Number.NaN) - want)).toBeLessThan(tolerance.atol + tolerance.rtol * want);
    }
  }
});

test('a program with a signature that predicts is a model, too', async () => {
  using model = await loadModel(path('graph_train'));
  expect(Object.keys((model as ServedModel).signatures)).toContain('train_step');
  expect(model.inputNames).toEqual(['x']);
});
