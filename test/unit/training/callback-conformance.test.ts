import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { optimizers } from '../../../src/nn/index.js';
import * as callbacks from '../../../src/training/callbacks/index.js';
import type { FitOptions } from '../../../src/training/fit.js';
import '../../../src/saving/h5-format.js';

interface Case {
  /** The callback, given a folder of its own, in a run whose metrics are all of training. */
  make: (folder: string) => callbacks.Callback;
  /** Refused, for the nearest known name. */
  wrong: () => unknown;
  nearest: string;
  /** Whether it changes what training comes to. */
  acts?: boolean;
}

const wrong = (factory: (options: never) => unknown, options: object) => () => factory(options as never);

/** One for each factory; the next test sees to it. */
const cases: Record<string, Case> = {
  backupAndRestore: {
    make: (folder) => callbacks.backupAndRestore(join(folder, 'backup')),
    wrong: wrong(callbacks.backupAndRestore, { backupDir: 'b', saveFrequency: 1 }),
    nearest: 'saveFreq',
  },
  csvLogger: {
    make: (folder) => callbacks.csvLogger(join(folder, 'log.csv')),
    wrong: wrong(callbacks.csvLogger, { filename: 'f', seperator: ';' }),
    nearest: 'separator',
  },
  earlyStopping: {
    make: () => callbacks.earlyStopping({ monitor: 'loss', patience: 9 }),
    wrong: wrong(callbacks.earlyStopping, { patients: 9 }),
    nearest: 'patience',
  },
  lambdaCallback: {
    make: () => callbacks.lambdaCallback({ onEpochEnd: async () => {} }),
    wrong: wrong(callbacks.lambdaCallback, { onEpochEnds: () => {} }),
    nearest: 'onEpochEnd',
  },
  learningRateScheduler: {
    make: () => callbacks.learningRateScheduler(async (_, rate) => rate / 2),
    wrong: wrong(callbacks.learningRateScheduler, { schedule: () => 1, verbos: 1 }),
    nearest: 'verbose',
    acts: true,
  },
  modelCheckpoint: {
    make: (folder) => callbacks.modelCheckpoint(join(folder, '{epoch:02d}.h5')),
    wrong: wrong(callbacks.modelCheckpoint, { filepath: 'f.h5', saveBest: true }),
    nearest: 'saveBestOnly',
  },
  reduceLROnPlateau: {
    make: () => callbacks.reduceLROnPlateau({ monitor: 'loss', minDelta: 100, patience: 0 }),
    wrong: wrong(callbacks.reduceLROnPlateau, { minLR: 1e-5 }),
    nearest: 'minLr',
    acts: true,
  },
  remoteMonitor: {
    make: () => callbacks.remoteMonitor({ root: 'http://127.0.0.1:1' }),
    wrong: wrong(callbacks.remoteMonitor, { sendAsJSON: true }),
    nearest: 'sendAsJson',
  },
  swapEMAWeights: {
    make: () => callbacks.swapEMAWeights({ swapOnEpoch: true }),
    wrong: wrong(callbacks.swapEMAWeights, { swapOnEpochs: true }),
    nearest: 'swapOnEpoch',
  },
  tensorBoard: {
    make: (folder) => callbacks.tensorBoard(folder, { histogramFreq: 1, updateFreq: 'batch' }),
    wrong: wrong(callbacks.tensorBoard, { logdir: 'logs' }),
    nearest: 'logDir',
  },
  terminateOnNaN: {
    make: () => callbacks.terminateOnNaN(),
    wrong: wrong(callbacks.terminateOnNaN, { raiseErrors: true }),
    nearest: 'raiseError',
  },
};

const x = tensor([[0], [1], [2], [3]]);
const y = tensor([[1], [3], [5], [7]]);
const options = { epochs: 3, batchSize: 2, shuffle: false };

async function line(): Promise<Sequential> {
  const model = sequential();
  model.add(layers.dense({ units: 1, inputShape: [1] }));
  model.compile({ optimizer: optimizers.sgd({ learningRate: 0.01, useEma: true }), loss: 'mse', metrics: ['mae'] });
  await model.setWeights([tensor([[0.5]]), tensor([0.25])]);
  return model;
}

const weightsOf = async (model: Sequential) => (await model.getWeights()).map((weight) => weight.array());

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callback-'));
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('every factory is tried', () => {
  const factories = Object.keys(callbacks).filter((name) => /^[a-z]/.test(name));
  expect(Object.keys(cases).sort()).toEqual(factories.sort());
});

describe.each(Object.entries(cases))('%s', (name, { make, wrong, nearest, acts = false }) => {
  test('is a callback of Keras’ name', () => {
    const callback = make(folder);
    expect(callback).toBeInstanceOf(callbacks.Callback);
    expect(callback.constructor.name.toLowerCase()).toBe(name.toLowerCase());
  });

  test.each<[string, FitOptions, number]>([
    ['without validation', {}, 1],
    ['with validation', { validationData: [x, y] }, 1],
    ['with several steps in one call', { validationData: [x, y] }, 2],
  ])('takes part in training %s, again and again', async (_, more, stepsPerExecution) => {
    using plain = await line();
    await plain.fit(x, y, { ...options, ...more });
    using model = await line();
    model.compile({ optimizer: model.optimizer, loss: 'mse', metrics: ['mae'], stepsPerExecution });
    const callback = make(folder);
    const { epoch } = await model.fit(x, y, { ...options, ...more, callbacks: [callback] });
    expect(epoch).toEqual([0, 1, 2]);
    const weights = await weightsOf(model);
    if (acts) expect(weights).not.toEqual(await weightsOf(plain));
    else expect(weights).toEqual(await weightsOf(plain));

    expect((await model.predict(x)).shape).toEqual([4, 1]);
    expect(Object.keys(await model.evaluate(x, y))).toEqual(['loss', 'mae']);
    expect((await model.fit(x, y, { ...options, ...more, callbacks: [callback] })).epoch).toEqual([0, 1, 2]);
  });

  test('leaves a model usable in whose training another callback failed', async () => {
    using model = await line();
    const failing = callbacks.lambdaCallback({
      onEpochEnd: (epoch) => {
        if (epoch === 1) throw new Error('no more paper');
      },
    });
    const run = () => model.fit(x, y, { ...options, validationData: [x, y], callbacks: [make(folder), failing] });
    await expect(run()).rejects.toMatchObject({ code: 'ERR_CALLBACK' });
    expect((await model.fit(x, y, { ...options, callbacks: [make(folder)] })).epoch.at(-1)).toBe(2);
    expect((await model.predict(x)).shape).toEqual([4, 1]);
  });

  test('knows its state as plain data', async () => {
    using model = await line();
    const callback = make(folder);
    await model.fit(x, y, { ...options, callbacks: [callback] });
    const { state } = callback;
    const plain = JSON.parse(JSON.stringify(state ?? null));
    if (plain === null) return;
    callback.state = plain;
    expect(JSON.parse(JSON.stringify(callback.state))).toEqual(plain);
  });

  test('refuses an option nobody reads, with the nearest', () => {
    expect(wrong).toThrow(`Did you mean '${nearest}'`);
  });
});
