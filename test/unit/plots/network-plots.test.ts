import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as tf from '../../../src/index.js';

interface GradCamGolden {
  activation: string;
  units: number;
  shape: [number, number];
  cases: { classIndex: number; heatmap: number[]; score: number }[];
  likeliest: number;
}
const { gradCam: golden } = JSON.parse(
  readFileSync(new URL('../../golden/explaining.json', import.meta.url), 'utf8'),
) as { gradCam: GradCamGolden[] };

function formula(shape: number[], number: number, shift = 0): tf.Tensor {
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.sin(i ** 1.5 * 0.7 + number) * 0.5 + shift,
  );
  return tf.tensor(values, shape, 'float32');
}

const PICTURE = () => formula([9, 11, 3], 10, 0.5);

async function network({ activation, units }: Pick<GradCamGolden, 'activation' | 'units'>, functional: boolean) {
  const layers = [
    tf.layers.conv2d({ name: 'conv', filters: 5, kernelSize: 3, activation: 'relu', inputShape: [9, 11, 3] }),
    tf.layers.maxPooling2d({ name: 'pool', poolSize: 2 }),
    tf.layers.flatten({ name: 'flat' }),
    tf.layers.dense({ name: 'classes', units, activation }),
  ];
  const x = tf.input({ shape: [9, 11, 3] });
  const model = functional
    ? tf.model({ inputs: x, outputs: layers.reduce((y, layer) => layer.apply(y), x) })
    : tf.sequential({ layers });
  await model.setWeights(model.weights.map(({ shape }, i) => formula([...shape], i)));
  return model;
}

const numbers = (tensor: tf.Tensor) => [...(tensor.dataSync() as Float32Array)];
const close = (got: readonly number[], wanted: readonly number[]) => {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 5);
};

describe.each([true, false])('Grad-CAM, functional: %s', (functional) => {
  test.each(golden.map((one) => [one.activation, one] as const))(
    '%s: heat and score are TensorFlow’s',
    async (_, one) => {
      const model = await network(one, functional);
      for (const { classIndex, heatmap, score } of one.cases) {
        const got = await tf.plots.gradCam(model, PICTURE(), { layer: 'conv', classIndex });
        expect(got.heatmap.shape).toEqual(one.shape);
        close(numbers(got.heatmap), heatmap);
        expect(got.score).toBeCloseTo(score, 5);
        expect(got.classIndex).toBe(classIndex);
      }
      expect((await tf.plots.gradCam(model, PICTURE(), { layer: 'conv' })).classIndex).toBe(one.likeliest);
    },
  );
});

test('Grad-CAM takes the last feature maps, lays heat over the picture given, writes it, and leaves the weights alone', async () => {
  const model = await network({ activation: 'softmax', units: 4 }, false);
  const before = await model.getWeights();
  const folder = await mkdtemp(join(tmpdir(), 'grad-cam-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const over = await sharp({ create: { width: 44, height: 36, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
  const file = join(folder, 'why.png');
  expect((await tf.plots.gradCam(model, PICTURE())).heatmap.shape).toEqual([3, 4]);
  const warm = { layer: 'conv', classIndex: golden[0]?.cases.find(({ heatmap }) => heatmap.some(Boolean))?.classIndex };
  const { svg } = await tf.plots.gradCam(model, PICTURE().expandDims(0), { ...warm, over, file });
  expect(svg).toContain('<image ');
  const { data } = await sharp(await readFile(file))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(new Set(data).size).toBeGreaterThan(20);
  const none = await tf.plots.gradCam(model, PICTURE(), { ...warm, over, alpha: 0 });
  const png = Buffer.from(/base64,([^"]*)"/.exec(none.svg)?.[1] ?? '', 'base64');
  expect(new Set(await sharp(png).removeAlpha().raw().toBuffer())).toEqual(new Set([0x80]));
  const after = await model.getWeights();
  for (const [i, weight] of before.entries()) expect(numbers(after[i] as tf.Tensor)).toEqual(numbers(weight));
});

test('Grad-CAM follows a model that changes', async () => {
  const model = (await network({ activation: 'softmax', units: 4 }, false)) as tf.Sequential;
  await tf.plots.gradCam(model, PICTURE());
  model.pop();
  model.add(tf.layers.dense({ units: 7, activation: 'softmax' }));
  expect((await tf.plots.gradCam(model, PICTURE(), { classIndex: 6 })).classIndex).toBe(6);
});

test('Grad-CAM and activations refuse what cannot be', async () => {
  const model = await network({ activation: 'softmax', units: 4 }, false);
  await expect(tf.plots.gradCam(model, PICTURE(), { classIndex: 4 })).rejects.toThrow(/no class 4 among 4/);
  await expect(tf.plots.gradCam(model, PICTURE(), { layer: 'flat' })).rejects.toThrow(/'flat' gives no feature maps/);
  await expect(tf.plots.gradCam(model, PICTURE(), { layer: 'konv' })).rejects.toThrow(/conv/);
  await expect(tf.plots.gradCam(model, formula([2, 9, 11, 3], 1))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
  await expect(tf.plots.activations(model, PICTURE(), { layer: 'classes' })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
  });
  const dense = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  await expect(tf.plots.filters(dense)).rejects.toThrow(/no two-dimensional convolution/);
  await expect(tf.plots.gradCam(dense, [1, 2, 3])).rejects.toThrow(/no layer that gives feature maps/);
});

/** Grey values of the pictures in a grid. */
async function picturesIn(svg: string): Promise<number[][]> {
  const pngs = [...svg.matchAll(/base64,([^"]*)"/g)].map(([, code = '']) => Buffer.from(code, 'base64'));
  return Promise.all(
    pngs.map(async (png) => [...(await sharp(png).removeAlpha().toColourspace('b-w').raw().toBuffer())]),
  );
}

test('activations are the layer’s output, channel by channel, from black to white', async () => {
  const model = await network({ activation: 'softmax', units: 4 }, true);
  const drawn = await picturesIn(await tf.plots.activations(model, PICTURE(), { layer: 'conv', scale: 1 }));
  const probe = tf.model({ inputs: model.inputs, outputs: model.getLayer('conv').output });
  const maps = numbers(await probe.predict(PICTURE().expandDims(0)));
  expect(drawn).toHaveLength(5);
  for (const [channel, grey] of drawn.entries()) {
    const own = maps.filter((_, i) => i % 5 === channel);
    const [least, most] = [Math.min(...own), Math.max(...own)];
    for (const [i, value] of own.entries()) {
      const part = most > least ? (value - least) / (most - least) : 0;
      expect(Math.abs((grey[i] ?? 0) - part * 255)).toBeLessThanOrEqual(1);
    }
  }
  const few = await tf.plots.activations(model, PICTURE(), { count: 2 });
  expect(few.match(/<image /g)).toHaveLength(2);
});

test('filters are drawn in colour for three channels, as means for others', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ name: 'first', filters: 4, kernelSize: 3, inputShape: [8, 8, 3] }),
      tf.layers.conv2d({ name: 'second', filters: 6, kernelSize: 2 }),
    ],
  });
  expect((await tf.plots.filters(model)).match(/<image /g)).toHaveLength(4);
  const drawn = await picturesIn(await tf.plots.filters(model, { layer: 'second', scale: 1 }));
  expect(drawn).toHaveLength(6);
  for (const grey of drawn) expect([Math.min(...grey), Math.max(...grey)]).toEqual([0, 255]);
});

describe('a model’s picture', () => {
  const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);

  test('of a stack names layers, classes and shapes, top down', async () => {
    const model = await network({ activation: 'softmax', units: 4 }, false);
    const svg = await tf.plots.model(model);
    expect(texts(svg).slice(0, 6)).toEqual(['conv', 'Conv2D', '[?, 7, 9, 5]', 'pool', 'MaxPooling2D', '[?, 3, 4, 5]']);
    expect(texts(await tf.plots.model(model, { shapes: false }))).toHaveLength(8);
  });

  test('of a graph has a box for each call and a line for each value; boxes do not overlap', async () => {
    const x = tf.input({ shape: [8], name: 'x' });
    const shared = tf.layers.dense({ units: 8, name: 'shared' });
    const once = shared.apply(x);
    const twice = shared.apply(once);
    const sum = tf.layers.add({ name: 'sum' }).apply([x, once, twice]);
    const outputs = [
      tf.layers.dense({ units: 1, name: 'a' }).apply(sum),
      tf.layers.dense({ units: 2, name: 'b' }).apply(sum),
    ];
    const svg = await tf.plots.model(tf.model({ inputs: x, outputs }));
    expect(texts(svg).filter((text) => text === 'shared')).toHaveLength(2);
    expect(svg.match(/fill="none"/g)).toHaveLength(7);
    const boxes = [...svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
      (found) => found.slice(1).map(Number),
    ) as [number, number, number, number][];
    expect(boxes).toHaveLength(6);
    const apart = boxes.flatMap(([x1, y1, w1, h1], i) =>
      boxes.slice(i + 1).map(([x2, y2, w2, h2]) => x1 + w1 <= x2 || x2 + w2 <= x1 || y1 + h1 <= y2 || y2 + h2 <= y1),
    );
    expect(apart.every(Boolean)).toBe(true);
  });

  test('shows what is frozen, and is written as PNG', async () => {
    const model = await network({ activation: 'softmax', units: 4 }, true);
    const before = await tf.plots.model(model);
    model.freezeWeights({ which: ['conv'] });
    const folder = await mkdtemp(join(tmpdir(), 'model-plot-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    expect(await tf.plots.model(model, { file: join(folder, 'model.png') })).not.toBe(before);
    expect((await sharp(join(folder, 'model.png')).metadata()).format).toBe('png');
    await expect(tf.plots.model(model, { file: 'model.pdf' })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});
