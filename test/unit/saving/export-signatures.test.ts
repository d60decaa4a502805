import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { encodeExample, tfrecord } from '../../../src/data/index.js';
import { resize } from '../../../src/data/resize.js';
import * as layers from '../../../src/layers/index.js';
import { model as functional, input, type Sequential, sequential } from '../../../src/models/index.js';
import * as ops from '../../../src/ops/index.js';
import { decode } from '../../../src/proto/codec.js';
import { FingerprintDefSchema } from '../../../src/proto/saved-model.js';
import { PredictionLogSchema } from '../../../src/proto/serving.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { Repository } from '../../../src/serving/repository/repository.js';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'signatures-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

function table(units: number, activation: string): Sequential {
  const model = sequential({ name: 'table' });
  model.add(layers.dense({ name: 'table', units, activation, inputShape: [3] }));
  return model;
}

function pictures(size: number | null = 4): Sequential {
  const model = sequential({ name: 'pictures' });
  model.add(layers.conv2d({ name: 'image', filters: 2, kernelSize: 3, padding: 'same', inputShape: [size, size, 3] }));
  model.add(layers.globalAveragePooling2d({ name: 'mean' }));
  return model;
}

type Named = Record<string, Tensor>;
async function ask(folder: string, signature: string, feeds: Named): Promise<Named> {
  using program = await Program.load(folder);
  return (await program.get<Record<string, Output>>(signature)(feeds)) as Named;
}

const rows = tensor([[0.5, -1.25, 2.5], [1.5, 0.25, -2.5]]); // biome-ignore format: short
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
const nearRows = (value: Tensor) => (value.array() as number[][]).map(near);

function examples(name = 'table_input'): Tensor {
  const bytes = (rows.array() as number[][]).map((row) => encodeExample({ [name]: row }));
  return tensor(bytes, [2], 'string');
}

/** Random pictures of these sizes as PNG, and what the library resizes them to. */
async function encoded(sizes: readonly (readonly [number, number])[], to: readonly [number, number]) {
  using program = new Program({ seed: 1 });
  const encode = program.function('encode', { x: spec('uint8', [null, null, 3]) }, ({ x }) => ({
    png: ops.encodePng(x),
    pixels: resize(x, to),
  }));
  const files: Uint8Array[] = [];
  const pixels: unknown[] = [];
  for (const [i, [height, width]] of sizes.entries()) {
    const length = height * width * 3;
    const x = tensor(
      Uint8Array.from({ length }, (_, at) => (at * 37 + i * 11) % 256),
      [height, width, 3],
    );
    const result = await encode({ x });
    files.push(result.png.native.strings()[0] as Uint8Array);
    pixels.push(result.pixels.array());
  }
  return { files: tensor(files, [files.length], 'string'), pixels: tensor(pixels as number[][][][]) };
}

describe('classify', () => {
  test('gives every class in order with its score', async () => {
    using model = table(3, 'softmax');
    const folder = join(parent, 'classes');
    await model.exportSavedModel(folder, { classify: { labels: ['cat', 'dog', 'fox'] } });
    const { classes, scores } = await ask(folder, 'classify', { inputs: examples() });
    expect(classes?.array()).toEqual([['cat', 'dog', 'fox'], ['cat', 'dog', 'fox']]); // biome-ignore format: short
    expect(scores?.array()).toEqual(nearRows(await model.predict(rows)));
  });

  test('gives the best ones first with `top`', async () => {
    using model = table(4, 'softmax');
    const folder = join(parent, 'top');
    await model.exportSavedModel(folder, { classify: { top: 2 } });
    const { classes, scores } = await ask(folder, 'classify', { inputs: examples() });
    const wanted = ((await model.predict(rows)).array() as number[][]).map(
      (row) =>
      row.map((score, i) => ({ score, name: String(i) })).sort((a, b) => b.score - a.score).slice(0, 2), // biome-ignore format: one line
    );
    expect(classes?.array()).toEqual(wanted.map((row) => row.map(({ name }) => name)));
    expect(scores?.array()).toEqual(wanted.map((row) => near(row.map(({ score }) => score))));
  });

  test('knows two classes where the model gives the probability of the second', async () => {
    using model = table(1, 'sigmoid');
    const folder = join(parent, 'binary');
    await model.exportSavedModel(folder, { classify: { labels: ['no', 'yes'] } });
    const { classes, scores } = await ask(folder, 'classify', { inputs: examples() });
    expect(classes?.array()).toEqual([['no', 'yes'], ['no', 'yes']]); // biome-ignore format: short
    const yes = (await model.predict(rows)).array() as number[][];
    expect(scores?.array()).toEqual(yes.map(([p = 0]) => near([1 - p, p])));
  });

  test('takes one feature for each column, and several inputs', async () => {
    const size = input({ name: 'size', shape: [2] });
    const kind = input({ name: 'kind', shape: [], dtype: 'int32' });
    const embedded = layers.embedding({ inputDim: 5, outputDim: 3 }).apply(kind);
    const both = layers.concatenate().apply([size, embedded]);
    using model = functional({ inputs: [size, kind], outputs: layers.dense({ units: 2, name: 'out' }).apply(both) });
    const folder = join(parent, 'columns');
    await model.exportSavedModel(folder, { examples: { features: { size: ['width', 'height'] } } });
    const example = encodeExample({ width: [2], height: [0.5], kind: [3n] });
    const { out } = await ask(folder, 'examples', { inputs: tensor([example], [1], 'string') });
    const wanted = await model.predict({ size: tensor([[2, 0.5]]), kind: tensor([3], [1], 'int32') });
    expect(out?.array()).toEqual(nearRows(wanted));
  });

  test.each<[string, Parameters<Sequential['exportSavedModel']>[1], string, RegExp]>([
    ['labels of another number', { classify: { labels: ['a'] } }, 'ERR_ARGUMENT', /1 labels, but model 'table' has 3/],
    ['a top beyond the classes', { classify: { top: 4 } }, 'ERR_ARGUMENT', /top is 4, expected 1 to 3/],
    ['an unknown input', { classify: { features: { tabel: 'x' } } }, 'ERR_UNKNOWN_NAME', /tabel/],
    ['columns of another number', { examples: { features: { table_input: ['a'] } } }, 'ERR_ARGUMENT', /1 features are/],
    ['values of several columns', { regress: true }, 'ERR_SHAPE', /'regress' is of models that give a value/],
    ['no pictures', { images: true }, 'ERR_ARGUMENT', /no pictures/],
    ['an unknown option', { classify: { label: [] } as object }, 'ERR_UNKNOWN_NAME', /label/],
  ])('refuses %s, and writes nothing', async (_, options, code, message) => {
    using model = table(3, 'softmax');
    const folder = join(parent, 'refused');
    await expect(model.exportSavedModel(folder, options)).rejects.toEqual(failing(code, message));
    await expect(readFile(join(folder, 'saved_model.pb'))).rejects.toThrow();
  });
});

describe('images', () => {
  test('takes encoded pictures of different sizes in one batch', async () => {
    using model = pictures();
    const folder = join(parent, 'images');
    await model.exportSavedModel(folder, { images: { scale: 1 / 127.5, offset: -1 } });
    const { files, pixels } = await encoded([[4, 4], [9, 5], [2, 7]], [4, 4]); // biome-ignore format: short
    const { mean } = await ask(folder, 'images', { image_bytes: files });
    const scaled = Float32Array.from(pixels.dataSync() as Float32Array, (value) => value / 127.5 - 1);
    expect(mean?.array()).toEqual(nearRows(await model.predict(tensor(scaled, [3, 4, 4, 3]))));
  });

  test('is what a client gets who names no signature, where it is called serving_default', async () => {
    using model = pictures(null);
    const folder = join(parent, 'default');
    await model.exportSavedModel(folder, { images: { signature: 'serving_default', size: [4, 6] } });
    const { files, pixels } = await encoded([[3, 3]], [4, 6]);
    const { mean } = await ask(folder, 'serving_default', { image_bytes: files });
    expect(mean?.array()).toEqual(nearRows(await model.predict(pixels)));
  });

  test('asks for the size where the model takes any', async () => {
    using model = pictures(null);
    await expect(model.exportSavedModel(join(parent, 'open'), { images: true })).rejects.toEqual(
      failing('ERR_ARGUMENT', /say which with size/),
    );
  });
});

test('the server classifies, regresses and takes pictures as base64', async () => {
  using classifier = table(3, 'softmax');
  using regressor = table(1, 'linear');
  using seeing = pictures();
  for (const name of ['classes', 'values', 'pictures']) await mkdir(join(parent, 'served', name), { recursive: true });
  await classifier.exportSavedModel(join(parent, 'served/classes/1'), { classify: { features: { table_input: ['a', 'b', 'c'] } } }); // biome-ignore format: one line
  await regressor.exportSavedModel(join(parent, 'served/values/1'), { regress: true });
  await seeing.exportSavedModel(join(parent, 'served/pictures/1'), { images: true });
  const repository = new Repository();
  const server = httpServer(repository);
  try {
    for (const name of ['classes', 'values', 'pictures']) await repository.load(join(parent, 'served', name), {});
    const post = async (url: string, payload: object) =>
      JSON.parse((await server.inject({ method: 'POST', url: `/v1/models/${url}`, payload })).body);
    const [a = 0, b = 0, c = 0] = (rows.array() as number[][])[0] ?? [];
    const classified = await post('classes:classify', { signature_name: 'classify', examples: [{ a, b, c }] });
    const [scores = []] = (await classifier.predict(rows)).array() as number[][];
    expect(classified).toEqual({ results: [scores.map((score, i) => [String(i), expect.closeTo(score, 5)])] });
    const regressed = await post('values:regress', {
      signature_name: 'regress',
      examples: [{ table_input: [a, b, c] }],
    });
    expect(regressed.results).toEqual(near(((await regressor.predict(rows)).array() as number[][])[0] ?? []));
    const { files, pixels } = await encoded([[5, 4]], [4, 4]);
    const instances = files.native.strings().map((bytes) => ({ b64: Buffer.from(bytes).toString('base64') }));
    const seen = await post('pictures:predict', { signature_name: 'images', instances });
    expect(seen.predictions).toEqual(nearRows(await seeing.predict(pixels)));
  } finally {
    await server.close();
    repository.dispose();
  }
});

describe('beside the graph', () => {
  test('warm-up requests are records of requests to predict the samples', async () => {
    using model = table(3, 'softmax');
    const folder = join(parent, 'warm');
    await model.exportSavedModel(folder, { warmUp: rows });
    const file = join(folder, 'assets.extra', 'tf_serving_warmup_requests');
    const records = [];
    for await (const record of tfrecord(file)) records.push((record as Tensor).native.strings()[0] as Uint8Array);
    const logs = records.map((bytes) => decode(PredictionLogSchema, bytes).logType);
    expect(logs).toHaveLength(1);
    expect(logs[0]?.case === 'predictLog' && logs[0].value.request).toMatchObject({
      modelSpec: { name: 'table', signatureName: 'serving_default' },
      inputs: { table_input: { dtype: 1, tensorContent: new Uint8Array(rows.bytes()) } },
    });
  });

  test('samples of another shape are refused', async () => {
    using model = table(3, 'softmax');
    await expect(model.exportSavedModel(join(parent, 'cold'), { warmUp: tensor([[1, 2]]) })).rejects.toEqual(
      failing('ERR_SHAPE', /takes \[null, 3\], but a sample has \[1, 2\]/),
    );
  });

  test('the fingerprint is of the graph, the signatures and the weights', async () => {
    using model = table(3, 'softmax');
    const prints = [];
    for (const [i, options] of [{}, {}, { classify: true }].entries()) {
      if (i === 1)
        await model.setWeights(
          (await model.getWeights()).map((value) => tensor(new Float32Array(value.size), value.shape)),
        );
      await model.exportSavedModel(join(parent, `print-${i}`), options);
      prints.push(decode(FingerprintDefSchema, await readFile(join(parent, `print-${i}`, 'fingerprint.pb'))));
    }
    const [first, zeros, more] = prints;
    expect(first?.graphDefProgramHash).not.toBe(0n);
    expect(first?.signatureDefHash).toBe(zeros?.signatureDefHash);
    expect(first?.graphDefProgramHash).toBe(zeros?.graphDefProgramHash);
    expect(first?.checkpointHash).not.toBe(zeros?.checkpointHash);
    expect(first?.signatureDefHash).not.toBe(more?.signatureDefHash);
    expect(first?.uuid).not.toBe(zeros?.uuid);
  });
});
