import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../../../../src/core/tensor.js';
import * as layers from '../../../../src/layers/index.js';
import { input, type Model, model, sequential } from '../../../../src/models/index.js';
import { initializers, regularizers } from '../../../../src/nn/index.js';
import { loadModel } from '../../../../src/saving/load-model.js';
import { saveTfjs } from '../../../../src/saving/tfjs/save.js';

let root: string;
let folder: string;
let path: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tfjs-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'model-'));
  path = join(folder, 'model.json');
});
afterAll(() => rm(root, { recursive: true, force: true }));

function small(units = 3): Model {
  const made = sequential({ name: 'small' });
  made.add(layers.dense({ name: 'first', units, inputShape: [4], activation: 'silu' }));
  made.add(layers.batchNormalization({ name: 'norm' }));
  made.add(layers.dense({ name: 'last', units: 2, kernelRegularizer: regularizers.l2({ l2: 0.5 }) }));
  made.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae'] });
  return made;
}

const x = tensor([[1, 2, 3, 4], [4, 3, 2, 1]], [2, 4], 'float32'); // biome-ignore format: a matrix

/** A file's JSON, changed. */
async function change(file: string, edit: (json: Json) => void): Promise<void> {
  const json: Json = JSON.parse(await readFile(file, 'utf8'));
  edit(json);
  await writeFile(file, JSON.stringify(json));
}

interface Json {
  modelTopology: { model_config: { class_name: string; config: { layers: LayerJson[] } } } & Record<string, unknown>;
  weightsManifest: { paths: string[]; weights: WeightJson[] }[];
}

interface LayerJson {
  class_name: string;
  config: Record<string, unknown>;
}

interface WeightJson {
  name: string;
  shape: number[];
  dtype: string;
  quantization?: { dtype: string; min?: number; scale?: number };
}

async function jsonOf(file: string): Promise<Json> {
  return JSON.parse(await readFile(file, 'utf8'));
}

async function valuesOf({ program, weights }: Model): Promise<number[][]> {
  return (await program.values([...weights])).map((value) => Array.from(value.dataSync() as Float32Array));
}

async function scores(made: Model): Promise<number[]> {
  return Array.from(((await made.predict(x)) as Tensor).dataSync() as Float32Array);
}

describe('saving for tfjs', () => {
  test('keeps architecture, weights and compile options, bit for bit', async () => {
    using ours = small();
    await ours.save(path);
    using loaded = await loadModel(path);
    expect(await valuesOf(loaded)).toEqual(await valuesOf(ours));
    expect(await scores(loaded)).toEqual(await scores(ours));
    expect(loaded.optimizer.getConfig()).toEqual({ ...ours.optimizer.getConfig(), name: 'Adam' });
    using other = small();
    await other.loadWeights(folder);
    expect(await valuesOf(other)).toEqual(await valuesOf(ours));
  });

  test("has tfjs' words: classes, weights and activations that it knows", async () => {
    const image = input({ shape: [5, 5, 2], name: 'image' });
    const convolved = layers
      .conv2d({ filters: 2, kernelSize: 2, kernelInitializer: initializers.lecunNormal(), activation: 'silu' })
      .apply(image);
    const deep = layers.depthwiseConv2d({ name: 'deep', kernelSize: 2, biasRegularizer: 'l1' }).apply(convolved);
    const rows = layers.reshape({ targetShape: [9, 2] }).apply(layers.batchNormalization({ name: 'norm' }).apply(deep));
    const gru = layers.gru({ name: 'gru', units: 2, resetAfter: false });
    using ours = model({ inputs: [image], outputs: [layers.bidirectional({ name: 'both', layer: gru }).apply(rows)] });
    await saveTfjs(ours, folder);
    const { modelTopology, weightsManifest } = await jsonOf(path);
    const { class_name, config } = modelTopology.model_config;
    const [, conv, depthwise, norm, , both] = config.layers.map((layer) => layer.config);
    expect(class_name).toBe('Model');
    expect(conv).toMatchObject({ activation: 'swish', kernel_initializer: { class_name: 'LeCunNormal' } });
    expect(depthwise).toMatchObject({ bias_regularizer: { class_name: 'L1L2', config: { l2: 0 } } });
    expect(norm).toMatchObject({ axis: -1 });
    expect(both).toMatchObject({ layer: { config: { name: 'gru' } } });
    expect(both).not.toHaveProperty('backward_layer');
    const names = weightsManifest.flatMap(({ weights }) => weights.map(({ name }) => name));
    expect(names).toEqual(
      expect.arrayContaining(['deep/depthwise_kernel', 'norm/moving_mean', 'both/forward_gru/recurrent_kernel']),
    );
    using loaded = await loadModel(path);
    expect(await valuesOf(loaded)).toEqual(await valuesOf(ours));
  });

  test('cuts weights into files of 4 MiB', async () => {
    using ours = sequential({ name: 'wide' });
    ours.add(layers.dense({ units: 1500, inputShape: [1000] }));
    await ours.save(path);
    const [group] = (await jsonOf(path)).weightsManifest;
    const sizes = await Promise.all((group?.paths ?? []).map(async (name) => (await stat(join(folder, name))).size));
    expect(sizes).toEqual([2 ** 22, 1_501_500 * 4 - 2 ** 22]);
    using loaded = await loadModel(folder);
    expect(await valuesOf(loaded)).toEqual(await valuesOf(ours));
  });

  test('makes the folder, and replaces a model with its files', async () => {
    using ours = small();
    const deep = join(folder, 'a', 'b', 'model.json');
    await ours.save(deep);
    await writeFile(join(dirname(deep), 'index.html'), '');
    const before = await readdir(dirname(deep));
    await ours.fit(x, tensor([[1, 2], [2, 1]], [2, 2], 'float32'), { verbose: 0 }); // biome-ignore format: a matrix
    await ours.save(deep);
    const after = await readdir(dirname(deep));
    expect(after).toHaveLength(before.length);
    expect(after).not.toEqual(before);
    using loaded = await loadModel(deep);
    expect(await valuesOf(loaded)).toEqual(await valuesOf(ours));
  });

  test('leaves everything as it was where it fails', async () => {
    using ours = small();
    await ours.save(path);
    const before = await readdir(folder);
    await ours.program.assign([[ours.weights[0] as never, tensor(new Float32Array(12).fill(1e6), [4, 3], 'float32')]]);
    await expect(saveTfjs(ours, path, { quantization: 'float16' })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringContaining('first/kernel'),
    });
    expect(await readdir(folder)).toEqual(before);
    using loaded = await loadModel(path);
    expect(loaded.countParams()).toBe(ours.countParams());
  });

  test('refuses names that tfjs cannot tell apart, and unknown quantization', async () => {
    const a = input({ shape: [4] });
    const inner = (name: string) => {
      const made = sequential({ name });
      made.add(layers.dense({ name: 'same', units: 4, inputShape: [4] }));
      return made;
    };
    using twins = model({ inputs: [a], outputs: [inner('two').apply(inner('one').apply(a))] });
    await expect(twins.save(path)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
    using ours = small();
    await expect(saveTfjs(ours, path, { quantization: 'int8' as 'uint8' })).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_NAME',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

test("tfjs' hard sigmoid is clip(0.2x + 0.5, 0, 1) in every file; Keras 3's is refused", async () => {
  const made = (activation: string) => {
    const one = sequential({ name: 'gate' });
    one.add(layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'ones', activation }));
    return one;
  };
  using ours = made('legacyHardSigmoid');
  await ours.save(path);
  const [, dense] = (await jsonOf(path)).modelTopology.model_config.config.layers;
  expect(dense?.config.activation).toBe('hard_sigmoid');
  using loaded = await loadModel(path);
  await loaded.save(join(folder, 'gate.keras'));
  for (const file of [path, join(folder, 'gate.keras')]) {
    using read = await loadModel(file);
    const y = (await read.predict(tensor([[-3], [-1], [0], [1], [3]], [5, 1], 'float32'))) as Tensor;
    const expected = [0, 0.3, 0.5, 0.7, 1].map((value) => expect.closeTo(value, 6));
    expect(Array.from(y.dataSync() as Float32Array)).toEqual(expected);
  }
  using other = made('hardSigmoid');
  await expect(other.save(path)).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
});

test('a warning names what tfjs does not have', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): unknown => warnings.push(warning.message);
  using ours = sequential({ name: 'odd' });
  ours.add(layers.gru({ name: 'gru', units: 2, inputShape: [3, 2], returnSequences: true }));
  ours.add(layers.timeDistributed({ name: 'each', layer: layers.groupNormalization({ name: 'norm', groups: 2 }) }));
  process.on('warning', listen);
  await ours.save(path);
  await new Promise(setImmediate);
  process.off('warning', listen);
  expect(warnings).toEqual([
    "Model 'odd': tfjs itself does not have, or reads otherwise: reset_after true of GRU 'gru', GroupNormalization 'norm'.",
  ]);
  using loaded = await loadModel(path);
  expect(await valuesOf(loaded)).toEqual(await valuesOf(ours));
});

describe('quantized weights', () => {
  test.each([
    ['uint8', 1, 1 / 255],
    ['uint16', 2, 1 / 65535],
    ['float16', 2, 2 ** -11],
  ] as const)('as %s take %i bytes and are off by half a step at most', async (quantization, bytes, step) => {
    using ours = small(50);
    await saveTfjs(ours, folder, { quantization });
    const [group] = (await jsonOf(path)).weightsManifest;
    const { size } = await stat(join(folder, group?.paths[0] ?? ''));
    expect(size).toBe(bytes * ours.countParams());
    using loaded = await loadModel(folder);
    const read = await valuesOf(loaded);
    for (const [i, values] of (await valuesOf(ours)).entries()) {
      const range = Math.max(...values, 0) - Math.min(...values, 0);
      for (const [j, value] of values.entries()) {
        expect(Math.abs((read[i]?.[j] ?? Number.NaN) - value)).toBeLessThanOrEqual(range * step * 0.51);
      }
    }
  });

  test('read as their steps above the smallest value; zero and constants are exact', async () => {
    using ours = small();
    const kernel = ours.weights[0] as (typeof ours.weights)[number];
    const values = [-1, -0.3, 0, 0.1, 2, 1, 0, 0, 0, 0, 0, 0.5];
    await ours.program.assign([[kernel, tensor(Float32Array.from(values), [4, 3], 'float32')]]);
    await saveTfjs(ours, folder, { quantization: 'uint8' });
    const [group] = (await jsonOf(path)).weightsManifest;
    const { min = Number.NaN, scale = Number.NaN } = group?.weights[0]?.quantization ?? {};
    const steps = (await readFile(join(folder, group?.paths[0] ?? ''))).subarray(0, 12);
    using loaded = await loadModel(folder);
    const [read, , gamma] = await valuesOf(loaded);
    expect(read).toEqual(Array.from(steps, (count) => Math.fround(count * scale + min)));
    expect(read?.filter((_, i) => values[i] === 0)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(gamma).toEqual([1, 1, 1]);
  });
});

describe('bad files', () => {
  beforeEach(async () => {
    using ours = small();
    await ours.save(path);
  });

  const refused = async (message: RegExp | string, code = 'ERR_FILE_FORMAT'): Promise<void> => {
    const error = await loadModel(folder).catch((one: Error) => one);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(path);
  };
  const shard = async (): Promise<string> => (await jsonOf(path)).weightsManifest[0]?.paths[0] ?? '';

  test.each(['../secret.bin', 'a/../../secret.bin', '/etc/hostname', '..\\secret.bin', 'a\0b', ''])(
    'that name weights outside their folder are refused: %j',
    async (name) => {
      await writeFile(join(root, 'secret.bin'), await readFile(join(folder, await shard())));
      await change(path, ({ weightsManifest: [group] }) => group?.paths.splice(0, 1, name));
      await refused(/outside its folder/);
    },
  );

  test('weights in a folder below are read', async () => {
    const name = await shard();
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep', 'w.bin'), await readFile(join(folder, name)));
    await change(path, ({ weightsManifest: [group] }) => group?.paths.splice(0, 1, 'deep/w.bin'));
    (await loadModel(folder)).dispose();
  });

  test('without their weights, or with too few or too many', async () => {
    const file = join(folder, await shard());
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(1));
    await refused(/its weights are 140 bytes, but .* have 139/);
    await writeFile(file, Buffer.concat([bytes, bytes]));
    await refused(/have 280/);
    await rm(file);
    await refused(/cannot be read/);
    await mkdir(file);
    await refused(/no file/);
  });

  test.each([
    ['no shape', (weight: WeightJson) => Object.assign(weight, { shape: 'x' }), /shape of 'first\/kernel'/],
    ['a huge shape', (weight: WeightJson) => Object.assign(weight, { shape: [2 ** 40, 2 ** 40] }), /shape/],
    ['an unknown dtype', (weight: WeightJson) => Object.assign(weight, { dtype: '__proto__' }), /is __proto__/],
    ['no name', (weight: WeightJson) => Object.assign(weight, { name: 3 }), /no name/],
    [
      'a quantization without its steps',
      (weight: WeightJson) => Object.assign(weight, { quantization: { dtype: 'uint8' } }),
      /quantization/,
    ],
  ])('whose manifest has %s', async (_, edit, message) => {
    await change(path, ({ weightsManifest: [group] }) => edit(group?.weights[0] as WeightJson));
    await refused(message);
  });

  test('whose weights are of another architecture', async () => {
    await change(path, ({ weightsManifest: [group] }) =>
      Object.assign(group?.weights[0] ?? {}, { name: 'other/kernel' }),
    );
    await refused(/no 'first\/kernel'/, 'ERR_SHAPE');
  });

  test('that are JSON of something else, cut short, or nested without end', async () => {
    const text = await readFile(path, 'utf8');
    for (const [contents, message] of [
      ['{"name": "a package"}', /no 'modelTopology'/],
      [text.slice(0, 100), /JSON/],
      ['[]', /no JSON object/],
      ['{"modelTopology": {}}', /describes no model/],
      ['{"modelTopology": {"class_name": "Sequential", "config": {"layers": []}}}', /no list 'weightsManifest'/],
      [
        `{"modelTopology": {"class_name": "Model", "config": ${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}}}`,
        /damaged|stack/i,
      ],
    ] as const) {
      await writeFile(path, contents);
      await refused(message);
    }
  });

  test('with damage anywhere fail with a code, or load', async () => {
    const text = await readFile(path, 'utf8');
    for (let i = 0; i < 60; i++) {
      const at = (i * 7919) % text.length;
      await writeFile(path, `${text.slice(0, at)}${String.fromCharCode(33 + (i % 90))}${text.slice(at + 1)}`);
      const loaded = await loadModel(path).catch((error) => error);
      if (loaded instanceof Error) expect(loaded).toHaveProperty('code', expect.stringMatching(/^ERR_|^TF_/));
      else loaded.dispose();
    }
  });
});
