import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/index.js';
import { inspect } from '../../../src/saving/inspect/inspect.js';
import '../../../src/saving/load-model.js';
import { tensor } from '../../../src/core/tensor.js';
import { saveTfjs } from '../../../src/saving/tfjs/save.js';

const GRAPHS = 'test/golden/graphs';
let folder: string;
let model: Sequential;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  model = sequential({ name: 'small' });
  model.add(layers.dense({ units: 4, inputShape: [3], activation: 'tanh', name: 'first' }));
  model.add(layers.dropout({ rate: 0.5, name: 'drop' }));
  model.add(layers.dense({ units: 2, name: 'second' }));
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  await model.trainOnBatch(tensor([[1, 2, 3]]), tensor([[1, 2]]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const LAYERS = [
  { name: 'first', className: 'Dense', outputShape: [null, 4], parameters: 16, trainable: true },
  { name: 'drop', className: 'Dropout', outputShape: [null, 4], parameters: 0, trainable: true },
  { name: 'second', className: 'Dense', outputShape: [null, 2], parameters: 10, trainable: true },
];

describe('a file of a model tells its layers, weights, and what it was compiled with', () => {
  test.each([
    ['m.h5', 'h5', { keras: '2.15.0', backend: 'tensorflow' }, 'optimizer_config', 9],
    ['m.keras', 'keras', { keras: '3.15.1' }, 'optimizer', 10],
    ['m/model.json', 'tfjs', { generatedBy: 'libtensorflow-node' }, 'optimizer_config', 0],
    ['saved', 'saved-model', { tensorflow: '2.21.0' }, 'optimizer_config', 10],
  ])('%s', async (name, kind, writtenBy, optimizer, state) => {
    await (kind === 'saved-model' ? model.exportSavedModel(at(name)) : model.save(at(name)));
    const found = await inspect(at(name));
    expect(found).toMatchObject({ path: at(name), kind, writtenBy, parameters: 26, weightBytes: 104 });
    expect(found.model).toMatchObject({ className: 'Sequential', name: 'small', layers: LAYERS });
    expect(found.model?.inputs).toMatchObject([{ dtype: 'float32', shape: [null, 3] }]);
    expect(found.training).toHaveProperty(optimizer);
    expect(found.weights.map(({ shape }) => shape.join()).sort()).toEqual(['2', '3,4', '4', '4,2']);
    expect(found.optimizerState).toHaveLength(state);
    const base = kind === 'saved-model' ? at(name) : dirname(at(name));
    const sizes = await Promise.all(found.files.map(({ name: file }) => stat(join(base, file))));
    expect(found.bytes).toBe(sizes.reduce((sum, { size }) => sum + size, 0));
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  test('signatures and graph of a SavedModel', async () => {
    await model.exportSavedModel(at('saved'));
    const { signatures = [], graphs = [] } = await inspect(at('saved'));
    expect(signatures.map(({ name }) => name).sort()).toEqual(['evaluate', 'predict', 'serve', 'serving_default', 'train_step']); // biome-ignore format: one line
    expect(signatures.find(({ name }) => name === 'serving_default')).toEqual({
      name: 'serving_default',
      method: 'tensorflow/serving/predict',
      inputs: [{ name: 'first_input', dtype: 'float32', shape: [null, 3] }],
      outputs: [{ name: 'second', dtype: 'float32', shape: [null, 2] }],
    });
    expect(graphs).toMatchObject([{ tags: ['serve'], ops: { MatMul: expect.any(Number) } }]);
  });

  test('what quantised weights are kept as', async () => {
    await saveTfjs(model, at('q'), { quantization: 'float16' });
    const { weights, weightBytes } = await inspect(at('q'));
    expect(weights.map(({ dtype, storedAs }) => [dtype, storedAs])).toEqual(Array.from({ length: 4 }, () => ['float32', 'float16'])); // biome-ignore format: one line
    expect(weightBytes).toBe(104);
  });

  test('names of layers that cannot be made here, and why', async () => {
    const config = { class_name: 'Sequential', config: { name: 's', layers: [{ class_name: 'Strange', config: { name: 'odd' } }] } }; // biome-ignore format: one line
    await writeFile(at('model.json'), JSON.stringify({ format: 'layers-model', modelTopology: { model_config: config }, weightsManifest: [] })); // biome-ignore format: one line
    expect((await inspect(at('model.json'))).model).toEqual({
      className: 'Sequential',
      name: 's',
      inputs: [],
      layers: [{ name: 'odd', className: 'Strange' }],
      problem: expect.stringMatching(/Strange/),
    });
  });
});

describe('a file of weights tells their names, dtypes and shapes', () => {
  test.each([
    ['w.weights.h5', 'weights.h5', 'layers/dense/vars/0'],
    ['w.h5', 'h5-weights', 'first/kernel:0'],
    ['w.npz', 'npz', 'first/kernel'],
    ['w.safetensors', 'safetensors', 'first/kernel'],
  ])('%s', async (name, kind, first) => {
    await model.saveWeights(at(name));
    const found = await inspect(at(name));
    expect(found).toMatchObject({ kind, parameters: 26, bytes: (await stat(at(name))).size });
    expect(found.weights).toContainEqual({ name: first, dtype: 'float32', shape: [3, 4] });
    expect(found).not.toHaveProperty('model');
  });

  test.each(['checkpoint', 'checkpoint/kept'])('%s', async (name) => {
    const { kind, weights, files } = await inspect(`${GRAPHS}/${name}`);
    expect([kind, weights.length]).toEqual(['checkpoint', 8]);
    expect(weights).toContainEqual({ name: 'layer_with_weights-0/kernel', dtype: 'float32', shape: [2, 3] });
    expect(files.map(({ name }) => name).sort()).toEqual(['kept.data-00000-of-00001', 'kept.index']);
  });
});

test('a frozen graph tells its ends, ops and constants', async () => {
  const { signatures, graphs, weights } = await inspect(`${GRAPHS}/frozen.pb`);
  expect(signatures).toEqual([
    {
      name: 'serving_default',
      method: '',
      inputs: [{ name: 'data_x', dtype: 'float32', shape: [null, 2] }],
      outputs: [
        { name: 'out_probabilities', dtype: 'float32', shape: [null, 3] },
        { name: 'class', dtype: 'int64', shape: [null] },
      ],
    },
  ]);
  expect(graphs).toMatchObject([{ nodes: 13, functions: 0, ops: { Const: 4, MatMul: 1 } }]);
  expect(weights).toContainEqual({ name: 'w', dtype: 'float32', shape: [2, 3] });
});

test('a SavedModel without signatures, and tagged otherwise', async () => {
  const { signatures, graphs, parameters } = await inspect(`${GRAPHS}/unsigned`);
  expect({ signatures, parameters }).toEqual({ signatures: [], parameters: 9 });
  expect(graphs).toMatchObject([{ tags: ['train', 'gpu'] }]);
});

test('what is nothing that is known is refused', async () => {
  await writeFile(at('text.txt'), 'no model');
  await expect(inspect(at('text.txt'))).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  await expect(inspect(at('nothing'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
});
