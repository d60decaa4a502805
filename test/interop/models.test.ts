import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import { input, type Model, model, sequential } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON ?? '';
const MINUTE = 60_000;

async function judge(...args: string[]): Promise<number[][]> {
  const { stdout } = await promisify(execFile)(python, [resolve('test/interop/judge_models.py'), ...args]);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('['))
    .map((line) => JSON.parse(line));
}

/** As `inputs` of judge_models.py. */
function inputs(rows: number, sample: readonly number[]): Tensor {
  const shape = [rows, ...sample];
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 7) % 251) / 250),
    shape,
  );
}

async function predictions(model: Model): Promise<number[]> {
  const y = await model.predict(inputs(4, (model.inputShape ?? []).slice(1) as number[]));
  return Array.from(y.dataSync() as Float32Array);
}

function expectNear(got: readonly number[] | undefined, wanted: readonly number[] | undefined): void {
  expect(got).toHaveLength(wanted?.length ?? -1);
  for (const [i, value] of (wanted ?? []).entries()) {
    expect(Math.abs((got?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-5);
  }
}

/** Every layer there is, trained for a moment. */
async function trained(): Promise<Model> {
  const model = sequential({ name: 'ours' });
  model.add(layers.conv2d({ name: 'conv', filters: 4, kernelSize: [3, 2], padding: 'same', inputShape: [6, 6, 2], kernelInitializer: 'heNormal', kernelRegularizer: 'l2' })); // biome-ignore format: one line a layer
  model.add(layers.batchNormalization({ name: 'norm', momentum: 0.5 }));
  model.add(layers.activation({ name: 'act', activation: 'elu' }));
  model.add(layers.maxPooling2d({ name: 'max', poolSize: 2 }));
  model.add(layers.averagePooling2d({ name: 'avg', poolSize: [2, 1], strides: 1, padding: 'same' }));
  model.add(layers.dropout({ name: 'drop', rate: 0.2 }));
  model.add(layers.flatten({ name: 'flat' }));
  model.add(layers.dense({ name: 'hidden', units: 5, activation: 'tanh', kernelConstraint: 'maxNorm' }));
  model.add(layers.dense({ name: 'head', units: 3, activation: 'softmax' }));
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const y = tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // biome-ignore format: short
  await model.fit(inputs(4, [6, 6, 2]), y, { epochs: 3 });
  return model;
}

/** Two inputs and outputs, a layer and models that are shared, trained for a moment. */
async function branched(): Promise<Model> {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [2], name: 'b' })];
  const stack = sequential({ name: 'stack' });
  stack.add(layers.dense({ name: 'deep', units: 4, inputShape: [4], activation: 'tanh' }));
  stack.add(layers.batchNormalization({ name: 'norm', momentum: 0.5 }));
  const start = input({ shape: [4], name: 'start' });
  const inner = model({ inputs: start, outputs: layers.dense({ name: 'thin', units: 4 }).apply(start), name: 'inner' });
  const x = inner.apply(stack.apply(a));
  const sum = layers.add({ name: 'sum' }).apply([x, inner.apply(x), layers.dense({ name: 'wide', units: 4 }).apply(b)]);
  const score = layers.dense({ name: 'score', units: 1 }).apply(sum);
  const label = layers.dense({ name: 'label', units: 3, activation: 'softmax' }).apply(layers.concatenate({ name: 'cat' }).apply([sum, b])); // biome-ignore format: one line a layer
  const made = model({ inputs: [a, b], outputs: [score, label], name: 'branched' });
  made.compile({ optimizer: 'adam', loss: ['mse', 'categoricalCrossentropy'], lossWeights: [2, 1], metrics: [['mae'], ['accuracy']] }); // biome-ignore format: one line
  const y = tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]); // biome-ignore format: short
  await made.fit([inputs(4, [4]), inputs(4, [2])], [inputs(4, [1]), y], { epochs: 3 });
  return made;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interop-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(['keras2', 'keras3'] as const)('%s in Python', (keras) => {
  test('loads what we save, in either dialect it reads, and predicts the same', { timeout: 3 * MINUTE }, async () => {
    using model = await trained();
    // Why not the other way: Keras 2 does not know Keras 3's configs.
    const dialects = keras === 'keras3' ? (['keras2', 'keras3'] as const) : (['keras2'] as const);
    const files = dialects.map((dialect) => join(folder, `${keras}-${dialect}.h5`));
    for (const [i, dialect] of dialects.entries()) await model.save(files[i] ?? '', { dialect });
    const ours = await predictions(model);
    const theirs = await judge(keras, 'predict', ...files);
    expect(theirs).toHaveLength(files.length);
    for (const values of theirs) expectNear(values, ours);
  });

  test('loads a functional model with models inside', { timeout: 3 * MINUTE }, async () => {
    using ours = await branched();
    const file = join(folder, `${keras}-branched.h5`);
    await ours.save(file, keras === 'keras2' ? { dialect: 'keras2' } : {});
    const y = await ours.predict<Tensor[]>([inputs(4, [4]), inputs(4, [2])]);
    const [theirs] = await judge(keras, 'predict', file);
    expectNear(theirs, y.flatMap((part) => Array.from(part.dataSync() as Float32Array))); // biome-ignore format: short
  });

  test('writes what we load, and we predict the same', { timeout: 3 * MINUTE }, async () => {
    const file = join(folder, `${keras}-written.h5`);
    const [theirs] = await judge(keras, 'write', file);
    using model = await loadModel(file);
    expectNear(await predictions(model), theirs);
    expect(model.isCompiled).toBe(true);
  });
});

test('Keras 2 writes a checkpoint of weights, and we find every one in it', { timeout: 3 * MINUTE }, async () => {
  const [file, prefix] = [join(folder, 'various.h5'), join(folder, 'various')];
  const [theirs] = await judge('keras2', 'checkpoint', file, prefix);
  using model = await loadModel(file);
  const zeros = model.weights.map(({ shape }) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape));
  await model.setWeights(zeros);
  await model.loadWeights(prefix);
  expectNear(await predictions(model), theirs);
});
