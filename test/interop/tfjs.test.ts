import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NSFWJS_MODELS, nsfwjsModels } from '../../bench/peers/nsfwjs.js';
import { tfjsFolder } from '../../bench/peers/tfjs.js';
import { dtypeBytes } from '../../src/core/dtype.js';
import { listOf } from '../../src/core/several.js';
import { Tensor, tensor } from '../../src/core/tensor.js';
import { image, layers, loadModel } from '../../src/index.js';
import { model as functional, input, type Model, sequential } from '../../src/models/index.js';
import { saveTfjs } from '../../src/saving/tfjs/save.js';

/** Layers that tfjs has and no fixture of models does, with weights that are not what they begin with. */
const NETWORKS: Readonly<Record<string, () => Model>> = {
  sequences: () =>
    sequential({
      name: 'sequences',
      layers: [
        layers.embedding({ inputDim: 50, outputDim: 6, inputShape: [5] }),
        layers.bidirectional({ layer: layers.lstm({ units: 4, returnSequences: true }) }),
        layers.conv1d({ filters: 5, kernelSize: 2, activation: 'swish' }),
        layers.timeDistributed({ layer: layers.dense({ units: 4, activation: 'gelu' }) }),
        layers.gru({ units: 3, resetAfter: false, returnSequences: true }),
        layers.bidirectional({ layer: layers.simpleRNN({ units: 3 }), mergeMode: 'ave' }),
        layers.layerNormalization({ epsilon: 0.01 }),
        layers.dense({ units: 2, activation: 'softmax' }),
      ],
    }),
  pictures: () =>
    sequential({
      name: 'pictures',
      layers: [
        layers.zeroPadding2d({ padding: [[1, 0], [2, 1]], inputShape: [8, 7, 3] }), // biome-ignore format: short
        layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, activation: 'elu' }),
        layers.prelu({ sharedAxes: [1, 2], alphaInitializer: 'heNormal' }),
        layers.depthwiseConv2d({ kernelSize: 2, padding: 'same', activation: 'selu' }),
        layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2 }),
        layers.batchNormalization({ betaInitializer: 'randomNormal', movingMeanInitializer: 'randomNormal' }),
        layers.leakyReLU({ negativeSlope: 0.2 }),
        layers.cropping2d({ cropping: 1 }),
        layers.upSampling2d({ size: [1, 2] }),
        layers.averagePooling2d({ poolSize: 2, padding: 'same' }),
        layers.permute({ dims: [2, 1, 3] }),
        layers.globalMaxPooling2d(),
        layers.repeatVector({ n: 2 }),
        layers.reshape({ targetShape: [6] }),
        layers.dense({ units: 3, activation: 'softsign' }),
      ],
    }),
  'models inside': () => {
    const [a, b] = [input({ shape: [4], name: 'a' }), input({ shape: [4], name: 'b' })];
    const stack = sequential({ name: 'stack', layers: [layers.dense({ units: 4, activation: 'tanh', inputShape: [4] })] }); // biome-ignore format: short
    const start = input({ shape: [4] });
    const inner = functional({ inputs: start, outputs: layers.dense({ units: 4, name: 'thin' }).apply(start), name: 'inner' }); // biome-ignore format: short
    const [x, y] = [inner.apply(stack.apply(a)), inner.apply(b)];
    const sum = layers.add().apply([x, layers.multiply().apply([x, y]), layers.maximum().apply([a, b])]);
    const near = layers.dot({ axes: 1, normalize: true }).apply([sum, y]);
    return functional({ inputs: [a, b], outputs: [near, layers.average().apply([sum, b])], name: 'inside' });
  },
};

const FIXTURES = resolve(import.meta.dirname, '../../../shared/fixtures');
const PHOTOS = ['chelsea.png', 'coffee.png', 'rocket.jpg'].map((name) => join(FIXTURES, 'real/photos', name));
const MINUTE = 60_000;

let tfjs: string;
let folder: string;
beforeAll(async () => {
  tfjs = await tfjsFolder(console.log);
  folder = await mkdtemp(join(tmpdir(), 'tfjs-'));
}, 10 * MINUTE);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What tfjs predicts, by its kernels in WebAssembly or in JavaScript. */
async function judge(backend: 'wasm' | 'cpu', model: string, inputs: readonly Tensor[]): Promise<number[]> {
  const described = inputs.map(({ dtype, shape }, i) => ({ file: join(folder, `${i}.bin`), dtype, shape }));
  for (const [i, { file }] of described.entries()) await writeFile(file, bytesOf(inputs[i] as Tensor));
  const running = promisify(execFile)(process.execPath, ['test/interop/judge_tfjs.mjs', tfjs, backend]);
  running.child.stdin?.end(JSON.stringify({ model, inputs: described }));
  return JSON.parse((await running).stdout.split('\n').find((line) => line.startsWith('[')) ?? '');
}

function bytesOf(value: Tensor): Uint8Array {
  const data = value.dataSync() as Float32Array;
  expect(data.BYTES_PER_ELEMENT).toBe(dtypeBytes(value.dtype));
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

async function predictions(model: Model, inputs: readonly Tensor[]): Promise<number[]> {
  const y = await model.predict<Tensor | Tensor[]>(inputs.length === 1 ? (inputs[0] as Tensor) : [...inputs]);
  const parts = listOf(y, (value): value is Tensor => value instanceof Tensor);
  return parts.flatMap((part) => Array.from(part.dataSync() as Float32Array));
}

function expectNear(got: readonly number[], wanted: readonly number[], margin: number): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) expect(Math.abs((got[i] ?? Number.NaN) - value)).toBeLessThan(margin);
}

describe("nsfwjs' models give photographs the scores that tfjs gives them", { timeout: 2 * MINUTE }, () => {
  let models: string;
  beforeAll(async () => {
    models = await nsfwjsModels(console.log);
  }, 10 * MINUTE);

  test.each(NSFWJS_MODELS)('%s', async (name) => {
    const file = join(models, name, 'model.json');
    using model = await loadModel(file);
    const x = await photographs(model.modelInputs?.[0]?.shape?.[1] ?? 0);
    const scores = await predictions(model, [x]);
    expectNear(scores, await judge('wasm', file, [x]), 1e-4);
    const [first, ...others] = PHOTOS.map((_, i) => scores.slice(5 * i, 5 * i + 5));
    for (const other of others) expect(other).not.toEqual(first);
  });

  async function photographs(side: number): Promise<Tensor> {
    const all = new Float32Array(PHOTOS.length * side * side * 3);
    for (const [i, photo] of PHOTOS.entries()) {
      using picture = await image.load(photo, { targetSize: [side, side], rescale: 1 / 255 });
      all.set(picture.dataSync(), i * side * side * 3);
    }
    return tensor(all, [PHOTOS.length, side, side, 3]);
  }
});

describe('tfjs itself loads what we write for it, and predicts the same', { timeout: 2 * MINUTE }, () => {
  test.each(['cifar_model', 'branches', 'mixed_conv'])('%s', async (name) => {
    using model = await loadModel(join(FIXTURES, 'models', `${name}.keras`));
    await expectSame(model);
  });

  test.each(Object.keys(NETWORKS))('%s', async (name) => {
    using model = NETWORKS[name]?.() as Model;
    await expectSame(model);
  });

  async function expectSame(model: Model): Promise<void> {
    const inputs = (model.modelInputs ?? []).map(({ shape, dtype }) => madeUp(shape ?? [], dtype));
    for (const quantization of [undefined, 'float16', 'uint16', 'uint8'] as const) {
      const file = join(folder, `${model.name}-${quantization}`, 'model.json');
      await saveTfjs(model, file, quantization && { quantization });
      using again = await loadModel(file);
      const judged = await judge('cpu', file, inputs);
      expectNear(await predictions(again, inputs), judged, 1e-5);
      if (!quantization) expectNear(await predictions(model, inputs), judged, 1e-5);
    }
  }

  function madeUp(shape: readonly (number | null)[], dtype: string): Tensor {
    const sizes = [4, ...shape.slice(1).map((size) => size ?? 5)];
    const steps = Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => (i * 7) % 50);
    return dtype === 'int32' ? tensor(steps, sizes, dtype) : tensor(Float32Array.from(steps, (step) => step / 50), sizes); // biome-ignore format: short
  }
});
