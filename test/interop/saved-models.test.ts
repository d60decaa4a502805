import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import { type Model, sequential } from '../../src/models/index.js';
import { loadModel } from '../../src/saving/load-model.js';
import { ServedModel } from '../../src/saving/served-model.js';

const python = process.env.LIBTENSORFLOW_NODE_PYTHON;
const x = tensor(
  Float32Array.from({ length: 16 * 6 }, (_, i) => Math.sin(i * i)),
  [16, 6],
);
const y = tensor(
  Int32Array.from({ length: 16 }, (_, i) => (i * i) % 3),
  [16],
);
let folder = '';

interface Logs {
  readonly [name: string]: number;
}

async function judge<T>(what: string): Promise<T> {
  const { stdout } = await promisify(execFile)(python ?? '', [
    resolve('test/interop/judge_saved_models.py'),
    what,
    folder,
  ]);
  return JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')) ?? '') as T;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-models-'));
  await writeFile(join(folder, 'batch.json'), JSON.stringify({ x: x.array(), y: y.array() }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
const closeRows = (value: Tensor) => (value.array() as number[][]).map(close);
const closeLogs = (logs: Logs) =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, expect.closeTo(value, 5)]));

describe.skipIf(!python)('a model exported from Node, in Python', () => {
  let model: Model;
  let seen: {
    served: number[][][];
    evaluated: Logs;
    trained: Logs[];
    predicted: number[][];
    inputs: Record<string, string[]>;
    open: boolean[];
  };

  beforeAll(async () => {
    const net = sequential({ name: 'net' });
    net.add(layers.dense({ name: 'image', units: 8, activation: 'relu', inputShape: [6] }));
    net.add(layers.batchNormalization());
    net.add(layers.dropout({ rate: 0.2 }));
    net.add(layers.dense({ name: 'prediction', units: 3, activation: 'softmax' }));
    net.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    await net.fit(x, y, { epochs: 3, batchSize: 8, verbose: 0 });
    model = net;
    await model.exportSavedModel(join(folder, 'model'));
    seen = await judge('use');
  }, 120_000);
  afterAll(() => model?.dispose());

  test('keras.layers.TFSMLayer predicts as here, by its own endpoint and by serving_default', async () => {
    const wanted = closeRows(await model.predict(x));
    expect(seen.served).toEqual([wanted, wanted]);
  });

  test('has inputs by Keras 2’s names, and batches of any length', () => {
    const step = ['image_input', 'y'];
    const network = ['image_input'];
    expect(seen.inputs).toEqual({
      serving_default: network,
      serve: network,
      predict: network,
      train_step: step,
      evaluate: step,
    });
    expect(seen.open).toEqual([true, false]);
  });

  test('evaluates as model.evaluate does', async () => {
    expect(seen.evaluated).toEqual(closeLogs(await model.evaluate(x, y)));
  });

  test('trains on where Node stopped: five steps with the same losses, dropout included', async () => {
    for (const logs of seen.trained) expect(logs).toEqual(closeLogs(await model.trainOnBatch(x, y)));
    expect(seen.predicted).toEqual(closeRows(await model.predict(x)));
  });
});

test.skipIf(!python)(
  'signatures for servers, the fingerprint and quantised weights, in Python',
  { timeout: 120_000 },
  async () => {
    using model = sequential({ name: 'net' });
    model.add(layers.dense({ name: 'image', units: 8, activation: 'relu', inputShape: [6] }));
    model.add(layers.dense({ name: 'prediction', units: 3, activation: 'softmax' }));
    const labels = ['cat', 'dog', 'fox'];
    await model.exportSavedModel(join(folder, 'served'), {
      classify: { labels, features: { image_input: 'x' } },
      warmUp: x,
    });
    const report = await model.exportSavedModel(join(folder, 'small'), { quantize: { to: 'int8', samples: x } });
    const seen = await judge<Record<'scores' | 'small', number[][]> & Record<'classes' | 'methods' | 'alike' | 'requests' | 'kept', unknown>>('served'); // biome-ignore format: one line
    const predicted = (await model.predict(x)) as Tensor;
    expect(seen.classes).toEqual(Array(16).fill(labels));
    expect(seen.scores).toEqual(closeRows(predicted));
    expect(seen.methods).toEqual({
      ...Object.fromEntries(
        ['serving_default', 'serve', 'predict'].map((name) => [name, 'tensorflow/serving/predict']),
      ),
      classify: 'tensorflow/serving/classify',
    });
    expect([seen.alike, seen.requests]).toEqual([[true, true, true, true], 1]);
    expect(seen.kept).toEqual(['float32', 'int64', 'int8']);
    const changes = (predicted.array() as number[][]).flatMap((row, i) =>
      row.map((value, j) => Math.abs(value - (seen.small[i]?.[j] ?? Number.NaN))),
    );
    expect(Math.max(...changes)).toBeCloseTo(report.largestChange ?? Number.NaN, 6);
  },
);

describe.skipIf(!python)('models saved by Keras 2, here', () => {
  let seen: { predicted: number[][][]; trained: number[]; own: number[][] };
  beforeAll(async () => {
    seen = await judge('save');
  }, 120_000);

  test('inner models, frozen layers and several outputs predict and train on', async () => {
    using model = await loadModel(join(folder, 'keras2'));
    expect(model.layers.map(({ name }) => name)).toContain('inner');
    const predicted = await model.predict<Tensor[]>(x);
    expect(predicted.map((value) => value.array())).toEqual(seen.predicted.map((rows) => rows.map(close)));
    const labels = [tensor((x.array() as number[][]).map(([first = 0]) => [first])), y];
    for (const loss of seen.trained) expect((await model.trainOnBatch(x, labels)).loss).toBeCloseTo(loss, 5);
  });

  test('a class of its own predicts', async () => {
    using model = await loadModel(join(folder, 'own'));
    expect(model).toBeInstanceOf(ServedModel);
    expect(seen.own).toEqual(closeRows(await model.predict(x)));
  });
});
