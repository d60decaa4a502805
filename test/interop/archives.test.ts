import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import { cloneModel, type Functional, input, type Model, model, sequential } from '../../src/models/index.js';
import { optimizers } from '../../src/nn/index.js';
import { loadModel } from '../../src/saving/load-model.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON ?? '';
const MINUTE = 60_000;

interface Verdict {
  predictions: number[];
  state: number[];
  after: number[];
}

async function judge<T>(...args: string[]): Promise<T[]> {
  const script = resolve('test/interop/judge_archives.py');
  const { stdout } = await promisify(execFile)(python, [script, ...args], { maxBuffer: 2 ** 26 });
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

/** As `inputs` of judge_archives.py. */
function inputs(sample: readonly (number | null)[]): Tensor {
  const shape = [4, ...sample.map(Number)];
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: count }, (_, i) => ((i * 7) % 251) / 250);
  return tensor(values, shape);
}

function numbers(values: readonly Tensor[]): number[] {
  return values.flatMap((value) => Array.from(value.dataSync() as Float32Array, Number));
}

function dataFor(made: Functional): { x: Tensor[]; y: Tensor[] } {
  const of = (tensors: Functional['inputs']) => tensors.map(({ shape }) => inputs((shape ?? []).slice(1)));
  return { x: of(made.inputs), y: of(made.outputs) };
}

/** As `judged` of judge_archives.py. */
async function judged(made: Model): Promise<Verdict> {
  const { x, y } = dataFor(made as Functional);
  const predictions = numbers(await made.predict<Tensor[]>(x));
  const state = numbers(await made.program.values(made.optimizer.weights.map(({ variable }) => variable)));
  await made.trainOnBatch(x, y);
  return { predictions, state, after: numbers(await made.predict<Tensor[]>(x)) };
}

function expectSame(got: Verdict | undefined, wanted: Verdict | undefined): void {
  for (const key of ['predictions', 'state', 'after'] as const) {
    expect(got?.[key], key).toHaveLength(wanted?.[key].length ?? -1);
    for (const [i, value] of (wanted?.[key] ?? []).entries()) {
      expect(Math.abs((got?.[key][i] ?? Number.NaN) - value), `${key} ${i}`).toBeLessThan(1e-5);
    }
  }
}

async function branched(): Promise<Functional> {
  const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [5, 4], name: 'b' })];
  const stack = sequential({ name: 'stack' });
  stack.add(layers.dense({ units: 4, activation: 'tanh', inputShape: [4] }));
  stack.add(layers.batchNormalization({ momentum: 0.5 }));
  const start = input({ shape: [4], name: 'start' });
  const inner = model({ inputs: start, outputs: layers.dense({ units: 4 }).apply(start), name: 'inner' });
  const cells = layers.lstm({ units: 3, returnSequences: true });
  const h = layers.timeDistributed({ layer: layers.dense({ units: 4 }) }).apply(layers.bidirectional({ layer: cells }).apply(b)); // biome-ignore format: one line a layer
  const pooled = layers.globalAveragePooling1d().apply(h);
  const joined = layers.concatenate().apply([inner.apply(stack.apply(stack.apply(a))), pooled]);
  const outputs = [layers.dense({ units: 1, name: 'score' }).apply(joined), layers.dense({ units: 3, name: 'label' }).apply(pooled)]; // biome-ignore format: one line
  const made = model({ inputs: [a, b], outputs, name: 'branched' });
  made.compile({ optimizer: optimizers.rmsprop({ learningRate: 0.01, momentum: 0.9 }), loss: ['mse', 'mae'], lossWeights: [2, 1] }); // biome-ignore format: one line
  const { x, y } = dataFor(made);
  await made.trainOnBatch(x, y);
  return made;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archives-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('Python Keras and .keras', { timeout: 3 * MINUTE }, () => {
  test('loads ours, predicts the same and trains on the same', async () => {
    using ours = await branched();
    const file = join(folder, 'ours.keras');
    await ours.save(file);
    const [theirs] = await judge<Verdict>('archive', file);
    expectSame(theirs, await judged(ours));
  });

  test('takes our weights and the optimizer’s state from .weights.h5', async () => {
    using ours = await branched();
    const [archive, weights] = [join(folder, 'blank.keras'), join(folder, 'ours.weights.h5')];
    await ours.save(archive);
    await ours.saveWeights(weights);
    const [theirs] = await judge<Verdict>('weights', archive, weights);
    expectSame(theirs, await judged(ours));
  });

  test('writes what we load, predict and train on the same', async () => {
    const file = join(folder, 'theirs.keras');
    const [theirs] = await judge<Verdict>('write', file);
    using model = await loadModel(file);
    using again = cloneModel(model);
    await again.loadWeights(file.replace('.keras', '.weights.h5'));
    const { x } = dataFor(again as Functional);
    expect(numbers(await again.predict<Tensor[]>(x))).toEqual(numbers(await model.predict<Tensor[]>(x)));
    expectSame(await judged(model), theirs);
  });
});

test('NumPy and safetensors read our arrays', { timeout: MINUTE }, async () => {
  using ours = await branched();
  const files = ['w.npz', 'w.safetensors'].map((name) => join(folder, name));
  for (const file of files) await ours.saveWeights(file);
  const verdicts = await judge<Record<string, [number[], number]>>('arrays', ...files);
  const weights = await ours.getWeights();
  for (const arrays of verdicts) {
    expect(Object.keys(arrays)).toHaveLength(weights.length);
    const sums = Object.values(arrays).map(([, sum]) => sum).sort(); // biome-ignore format: short
    const mine = weights.map((weight) => numbers([weight]).reduce((a, b) => a + b, 0)).sort();
    for (const [i, sum] of sums.entries()) expect(sum).toBeCloseTo(mine[i] ?? Number.NaN, 4);
  }
  expect(verdicts[0]?.['score/kernel']?.[0]).toEqual([8, 1]);
});
