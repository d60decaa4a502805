import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { camelCase } from '../../src/core/naming.js';
import { Tensor, tensor } from '../../src/core/tensor.js';
import { fromTensorSlices } from '../../src/data/index.js';
import * as layers from '../../src/layers/index.js';
import { type Sequential, sequential } from '../../src/models/sequential.js';
import { optimizers } from '../../src/nn/index.js';
import {
  type Callback,
  CSVLogger,
  lambdaCallback,
  learningRateScheduler,
  ReduceLROnPlateau,
  SwapEMAWeights,
} from '../../src/training/callbacks/index.js';

type Options = Record<string, unknown>;
type MadeUp = Record<string, (number | null)[]>;

/** Made by make/callbacks.py. */
interface Golden {
  hooks: { steps_per_execution: number; told: Record<'fit' | 'evaluate' | 'predict', unknown[][]> }[];
  reduce_lr: { monitor: string; values: number[]; options: Options; logged: number[]; last: number }[];
  scheduler: { logged: number[]; loss: number[]; weights: number[] };
  csv_logger: { logs: MadeUp; options: Options; before: string | null; text: string }[];
  swap_ema: { options: Options; seen: number[][]; val_loss: number[]; weights: number[] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('callbacks.json', import.meta.url), 'utf8'));

const x = tensor([[0], [1], [2], [3]]);
const y = tensor([[1], [3], [5], [7]]);
const options = { batchSize: 2, shuffle: false };

async function line(optimizer: Parameters<Sequential['compile']>[0]['optimizer'] = 'sgd'): Promise<Sequential> {
  const model = sequential();
  model.add(layers.dense({ name: 'line', units: 1, inputShape: [1] }));
  model.compile({ optimizer: optimizer ?? 'sgd', loss: 'mse' });
  await model.setWeights([tensor([[0.5]]), tensor([0.25])]);
  return model;
}

/** Puts made-up values into the logs, as if the metrics had been so; comes before the callback under test. */
const pretend = (madeUp: MadeUp) =>
  lambdaCallback({
    onEpochEnd: (epoch, logs) => {
      for (const [name, values] of Object.entries(madeUp)) {
        const value = values[epoch];
        if (typeof value === 'number') logs[name] = value;
      }
    },
  });

const camelCased = (given: Options): Options =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value]));

const weightsOf = async (model: Sequential): Promise<number[]> =>
  (await model.getWeights()).map((weight) => Number(weight.dataSync()[0]));

function expectNear(got: readonly number[] | undefined, wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length);
  for (const [i, value] of wanted.entries()) {
    expect(Math.abs((got?.[i] ?? Number.NaN) - value)).toBeLessThan(1e-5 * Math.abs(value));
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbacks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const HOOKS = ['train', 'test', 'predict'].flatMap((when) =>
  ['begin', 'end', 'batch_begin', 'batch_end'].map((which) => `on_${when}_${which}`),
);

/** Writes down every hook that is called, its number and the names of its logs. */
function telling(told: unknown[][]): Callback {
  const heard =
    (hook: string) =>
    (...args: (number | object)[]): void =>
      void told.push([hook, ...args.map((arg) => (typeof arg === 'number' ? arg : Object.keys(arg).sort()))]);
  const hooks = [...HOOKS, 'on_epoch_begin', 'on_epoch_end'].map((hook) => [camelCase(hook), heard(hook)]);
  return lambdaCallback(Object.fromEntries(hooks));
}

describe.each(golden.hooks)('hooks are called in Keras’ order, $steps_per_execution step(s) in a call', (wanted) => {
  test.each([
    ['arrays', x, y],
    ['data sets', fromTensorSlices([x, y]), undefined],
  ] as const)('by fit, evaluate and predict, with %s', async (_, inputs, labels) => {
    using model = await line();
    model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'], stepsPerExecution: wanted.steps_per_execution });
    const data = (batchSize: number) => (inputs instanceof Tensor ? inputs : inputs.batch(batchSize));
    const told = { fit: [], evaluate: [], predict: [] };
    const validation = {
      validationData: labels ? ([x, y] as const) : data(1),
      validationBatchSize: 1,
      validationFreq: 2,
    };
    const [xs, ys] = [data(2), labels as Tensor];
    await model.fit(xs, ys, { ...options, ...validation, epochs: 3, callbacks: [telling(told.fit)] });
    await model.evaluate(data(1), ys, { batchSize: 1, callbacks: [telling(told.evaluate)] });
    expect({ ...told, predict: wanted.told.predict }).toEqual(wanted.told);
    if (wanted.steps_per_execution > 1) return;
    const rows = labels ? x : fromTensorSlices(x).batch(1);
    await model.predict(rows, { batchSize: 1, callbacks: [telling(told.predict)] });
    expect(told.predict).toEqual(wanted.told.predict);
  });
});

describe('ReduceLROnPlateau reduces when Keras’ does, by as much', () => {
  for (const { monitor, values, options: given, logged, last } of golden.reduce_lr) {
    test(`${monitor} ${values} ${JSON.stringify(given)}`, async () => {
      using model = await line(optimizers.sgd(0.01));
      const callback = new ReduceLROnPlateau({ monitor, ...camelCased(given) });
      const callbacks = [pretend({ [monitor]: values }), callback];
      const { history } = await model.fit(x, y, { ...options, epochs: values.length, callbacks });
      expectNear(history.learning_rate, logged);
      expectNear(Array.from((await model.optimizer.learningRate.value()).dataSync(), Number), [last]);
    });
  }
});

test('LearningRateScheduler trains as Keras’ does', async () => {
  using model = await line(optimizers.sgd(0.1));
  const schedule = learningRateScheduler(async (epoch, rate) => (epoch < 2 ? rate : rate * 0.5));
  const { history } = await model.fit(x, y, { ...options, epochs: 4, callbacks: [schedule] });
  expectNear(history.learning_rate, golden.scheduler.logged);
  expectNear(history.loss, golden.scheduler.loss);
  expectNear(await weightsOf(model), golden.scheduler.weights);
});

describe('CSVLogger writes Keras’ columns', () => {
  for (const [i, { logs, options: given, before, text }] of golden.csv_logger.entries()) {
    test(`${i + 1}: ${JSON.stringify(logs)} ${JSON.stringify(given)}`, async () => {
      const filename = join(folder, 'log.csv');
      if (before !== null) await writeFile(filename, before);
      using model = await line();
      const callbacks = [pretend(logs), new CSVLogger({ filename, ...camelCased(given) })];
      await model.fit(x, y, { ...options, epochs: logs.loss?.length ?? 0, callbacks });
      // Python writes 2.0 where JavaScript writes 2.
      expect(await readFile(filename, 'utf8')).toBe(text.replaceAll(/\.0\b/g, ''));
    });
  }
});

describe('SwapEMAWeights validates and ends as Keras’ does', () => {
  for (const { options: given, seen, val_loss, weights } of golden.swap_ema) {
    test(JSON.stringify(given), async () => {
      using model = await line(optimizers.sgd({ learningRate: 0.01, useEma: true, emaMomentum: 0.7 }));
      const looked: number[][] = [];
      const look = lambdaCallback({ onEpochEnd: async () => void looked.push(await weightsOf(model)) });
      const callbacks = [new SwapEMAWeights(camelCased(given)), look];
      const { history } = await model.fit(x, y, { ...options, epochs: 3, validationData: [x, y], callbacks });
      expectNear(history.val_loss, val_loss);
      expectNear(looked.flat(), seen.flat());
      expectNear(await weightsOf(model), weights);
    });
  }
});
