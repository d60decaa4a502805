import { expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { flameChart } from '../../../src/plots/index.js';

const x = tensor(Float32Array.from({ length: 4 * 64 }, Math.sin), [4, 8, 8, 1]);
const y = tensor([0, 1, 2, 1]);

function network(): Sequential {
  const model = sequential({
    layers: [
      layers.conv2d({ name: 'conv', filters: 3, kernelSize: 3, inputShape: [8, 8, 1] }),
      sequential({
        name: 'inside',
        layers: [layers.flatten({ name: 'flat' }), layers.dense({ name: 'hidden', units: 5 })],
      }),
      layers.dense({ name: 'hidden_1', units: 3, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}

test('a prediction’s time is told layer by layer, those of models inside by their path', async () => {
  using model = network();
  const profile = await model.profile(x, undefined, { runs: 3 });
  const named = profile.rows.filter(({ layer }) => layer !== null);
  expect(named.map(({ layer, className }) => [layer, className])).toEqual([
    ['conv', 'Conv2D'],
    ['inside/flat', 'Flatten'],
    ['inside/hidden', 'Dense'],
    ['hidden_1', 'Dense'],
  ]);
  for (const { forward, backward, update } of named) {
    expect(forward).toBeGreaterThan(0);
    expect([backward, update]).toEqual([0, 0]);
  }
  expect(profile.operations.runs).toBe(3);
});

test('of a training step, forward, backward and update; shares are all of it, and nothing was learned', async () => {
  using model = network();
  const state = async () => Promise.all((await model.program.values(model.program.variables)).map((v) => v.data()));
  await model.trainOnBatch(x, y);
  const before = await state();
  const profile = await model.profile(x, y, { runs: 2 });
  expect(await state()).toEqual(before);
  for (const layer of ['conv', 'inside/hidden', 'hidden_1']) {
    const row = profile.rows.find((one) => one.layer === layer);
    expect(row?.backward, layer).toBeGreaterThan(0);
    expect(row?.update, layer).toBeGreaterThan(0);
  }
  expect(profile.rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(`${profile}`).toMatch(/^train_on_batch: [\d,]+ µs .*\n\nlayer +class +forward µs +backward µs +update µs +%/);
});

test('frames hold what their parts hold, and the flame chart draws them', async () => {
  using model = network();
  const { frames } = await model.profile(x, y, { runs: 1 });
  expect(frames.parts.map(({ name }) => name).sort()).toEqual(['backward', 'forward', 'update']);
  const check = ({ time, parts }: typeof frames): void => {
    if (parts.length > 0) expect(parts.reduce((sum, part) => sum + part.time, 0)).toBeCloseTo(time, 3);
    parts.forEach(check);
  };
  check(frames);
  const svg = await flameChart({ frames });
  for (const phase of ['forward', 'backward', 'update']) expect(svg).toContain(`>${phase}</text>`);
  await expect(flameChart({ frames }, { width: 10 })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
});

test('a training step needs a compiled model', async () => {
  using model = sequential({ layers: [layers.dense({ units: 1, inputShape: [2] })] });
  await expect(model.profile(tensor([[1, 2]]), tensor([[1]]))).rejects.toMatchObject({ code: 'ERR_NOT_COMPILED' });
});
