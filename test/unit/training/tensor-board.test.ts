import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { optimizers } from '../../../src/nn/index.js';
import { decode } from '../../../src/proto/codec.js';
import { RunMetadataSchema } from '../../../src/proto/config.js';
import { GraphDefSchema } from '../../../src/proto/graph.js';
import { lambdaCallback, tensorBoard } from '../../../src/training/callbacks/index.js';
import { eventsIn, scalarsIn, tagsIn } from './event-files.js';

const x = tensor(Float32Array.from({ length: 8 * 16 }, (_, i) => Math.sin(i)), [8, 4, 4, 1]); // biome-ignore format: short
const y = tensor(
  Float32Array.from({ length: 8 }, (_, i) => i / 8),
  [8, 1],
);

function net(): Sequential {
  const model = sequential();
  model.add(layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3, inputShape: [4, 4, 1] }));
  model.add(layers.flatten());
  model.add(layers.dense({ name: 'head', units: 1 }));
  model.compile({ optimizer: optimizers.sgd(0.01), loss: 'mse', metrics: ['mae'] });
  return model;
}

let root: string;
let train: string;
let validation: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tensorboard-'));
  train = join(root, 'train');
  validation = join(root, 'validation');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

test('every epoch is written under Keras’ names', async () => {
  using model = net();
  const { history } = await model.fit(x, y, { epochs: 2, validationData: [x, y], callbacks: [tensorBoard(root)] });
  const byEpoch = (name: string) => history[name]?.map((value, epoch) => [epoch, value]);
  const rate = Math.fround(0.01);
  expect(scalarsIn(train)).toEqual({
    epoch_loss: byEpoch('loss'),
    epoch_mae: byEpoch('mae'),
    epoch_learning_rate: [[0, rate], [1, rate]], // biome-ignore format: short
  });
  expect(scalarsIn(validation)).toEqual({
    epoch_loss: byEpoch('val_loss'),
    epoch_mae: byEpoch('val_mae'),
    evaluation_loss_vs_iterations: history.val_loss?.map((value, epoch) => [epoch + 1, value]),
    evaluation_mae_vs_iterations: history.val_mae?.map((value, i) => [i + 1, value]),
  });
});

test('evaluate writes its result, at the step that training came to', async () => {
  using model = net();
  const callback = tensorBoard(root);
  await model.fit(x, y, { epochs: 3, validationData: [x, y], callbacks: [callback] });
  const { loss } = await model.evaluate(x, y, { callbacks: [callback] });
  expect(scalarsIn(validation).evaluation_loss_vs_iterations?.at(-1)).toEqual([3, loss]);
  expect(readdirSync(validation)).toHaveLength(2);
});

test('without validation there is no folder for it', async () => {
  using model = net();
  await model.fit(x, y, { callbacks: [tensorBoard({ logDir: root })] });
  expect(readdirSync(root)).toEqual(['train']);
});

test('the learning rate of a schedule', async () => {
  using model = net();
  const learningRate = new optimizers.schedules.ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 }); // biome-ignore format: one line
  model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: 'mse' });
  await model.fit(x, y, { epochs: 2, callbacks: [tensorBoard(root)] });
  expect(scalarsIn(train).epoch_learning_rate?.map(([, rate]) => rate.toFixed(4))).toEqual(['0.0500', '0.0250']);
});

test('updateFreq writes batches, counted over the epochs', async () => {
  const steps = async (updateFreq: 'batch' | number) => {
    using model = net();
    await model.fit(x, y, { epochs: 2, batchSize: 2, callbacks: [tensorBoard(join(root, `${updateFreq}`), { updateFreq })] }); // biome-ignore format: one line
    return scalarsIn(join(root, `${updateFreq}`, 'train')).batch_loss?.map(([step]) => step);
  };
  expect(await steps('batch')).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(await steps(3)).toEqual([3, 6]);
});

test('histogramFreq writes every weight; writeImages those that can be drawn', async () => {
  using model = net();
  await model.fit(x, y, { epochs: 3, callbacks: [tensorBoard(root, { histogramFreq: 2, writeImages: true })] });
  const each = ['conv/kernel', 'conv/bias', 'head/kernel', 'head/bias'];
  expect(tagsIn(train, 'histo')).toEqual([...each, ...each].map((name) => `${name}/histogram`));
  const images = tagsIn(train, 'image').map((tag) => tag.replace(/\/image.*/, ''));
  expect(images).toEqual(['conv/kernel', 'conv/kernel', 'conv/bias', 'head/kernel', 'head/bias', 'conv/kernel', 'conv/kernel', 'conv/bias', 'head/kernel', 'head/bias']); // biome-ignore format: one line
});

test('a histogram has as many values as the weight', async () => {
  using model = net();
  await model.fit(x, y, { callbacks: [tensorBoard(root, { histogramFreq: 1 })] });
  const counts = eventsIn(train).flatMap(
    ({ what }) =>
    what.case === 'summary' ? what.value.value.flatMap(({ value }) => (value.case === 'histo' ? [value.value.num] : [])) : [], // biome-ignore format: one line
  );
  expect(counts).toEqual([18, 2, 8, 1]);
});

test('writeGraph writes the graph that trains', async () => {
  using model = net();
  await model.fit(x, y, { callbacks: [tensorBoard(root)] });
  const graphs = eventsIn(train).flatMap(({ what }) => (what.case === 'graphDef' ? [what.value] : []));
  const names = decode(GraphDefSchema, graphs[0] ?? new Uint8Array()).node.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['conv/kernel', 'head/bias']));
  rmSync(train, { recursive: true });
  await model.fit(x, y, { callbacks: [tensorBoard(root, { writeGraph: false })] });
  expect(eventsIn(train).some(({ what }) => what.case === 'graphDef')).toBe(false);
});

test('profileBatch writes what steps took', async () => {
  using model = net();
  await model.fit(x, y, { batchSize: 2, callbacks: [tensorBoard(root, { profileBatch: [2, 3] })] });
  const traces = eventsIn(train).flatMap(({ what }) => (what.case === 'taggedRunMetadata' ? [what.value] : []));
  expect(traces.map(({ tag }) => tag)).toEqual(['batch_2', 'batch_3']);
  const { stepStats } = decode(RunMetadataSchema, traces[0]?.runMetadata ?? new Uint8Array());
  const ran = stepStats?.devStats.flatMap(({ nodeStats }) => nodeStats.map(({ nodeName }) => nodeName)) ?? [];
  expect(ran.some((name) => name.includes('Conv2D'))).toBe(true);
});

test('writeStepsPerSecond', async () => {
  using model = net();
  await model.fit(x, y, { callbacks: [tensorBoard(root, { writeStepsPerSecond: true, updateFreq: 'batch' })] });
  const { epoch_steps_per_second: epoch, batch_steps_per_second: batch } = scalarsIn(train);
  for (const speeds of [epoch, batch]) expect(speeds?.[0]?.[1]).toBeGreaterThan(0);
});

test('one callback may serve again: each run has a file of its own', async () => {
  using model = net();
  const board = tensorBoard(root);
  await model.fit(x, y, { callbacks: [board] });
  await model.fit(x, y, { initialEpoch: 1, epochs: 2, callbacks: [board] });
  expect(readdirSync(train)).toHaveLength(2);
  expect(
    scalarsIn(train)
      .epoch_loss?.map(([epoch]) => epoch)
      .sort(),
  ).toEqual([0, 1]);
});

test('weights that are no numbers are a warning', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  using model = net();
  const spoil = lambdaCallback({
    onEpochEnd: () => model.setWeights(model.weights.map(({ shape }) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(Number.NaN), shape))), // biome-ignore format: one line
  });
  await model.fit(x, y, { callbacks: [spoil, tensorBoard(root, { histogramFreq: 1 })] });
  expect(warn.mock.calls[0]?.[0]).toMatch(/the weights of epoch 1 cannot be shown/);
  expect(scalarsIn(train).epoch_loss).toHaveLength(1);
});

describe('what is refused', () => {
  test('a folder that cannot be, before the first step', async () => {
    writeFileSync(join(root, 'file'), '');
    using model = net();
    await expect(model.fit(x, y, { callbacks: [tensorBoard(join(root, 'file'))] })).rejects.toMatchObject({
      code: 'ERR_NOT_WRITABLE',
    });
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test.each([
    [{ histogramFreq: -1 }, /histogramFreq is 0 or a number of epochs, got -1/],
    [{ updateFreq: 'step' }, /updateFreq is 'epoch', 'batch' or a number of steps, got "step"/],
    [{ profileBatch: [3, 2] }, /profileBatch .* got \[3,2\]/],
    [{ logdir: 'logs' }, /Did you mean 'logDir'/],
  ])('%j', (options, message) => {
    expect(() => tensorBoard(options as never)).toThrow(message);
  });
});
