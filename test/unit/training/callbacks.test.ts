import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { loadModel } from '../../../src/saving/load-model.js';
import {
  Callback,
  earlyStopping,
  type Logs,
  lambdaCallback,
  modelCheckpoint,
} from '../../../src/training/callbacks/index.js';

const x = tensor([[0], [1], [2], [3]]);
const y = tensor([[1], [3], [5], [7]]);
const data = { validationData: [x, y] as const };

function line(): Sequential {
  const model = sequential();
  model.add(layers.dense({ name: 'line', units: 1, inputShape: [1] }));
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError', metrics: ['accuracy'] });
  return model;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbacks-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** Puts made-up values into the logs, as if the metric had been so. Comes before the callback under test. */
const pretend = (name: string, values: readonly number[]) =>
  lambdaCallback({
    onEpochEnd: (epoch, logs) => {
      logs[name] = values[epoch] ?? Number.NaN;
    },
  });

describe('what callbacks are told', () => {
  test('every hook, in order, with steps and logs', async () => {
    const told: string[] = [];
    const tell =
      (hook: string) =>
      (...args: unknown[]): void =>
        void told.push([hook, ...args.map((a) => (typeof a === 'number' ? a : Object.keys(a as object)))].join(' '));
    const hooks = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onTestBegin', 'onTestEnd', 'onTrainBatchBegin', 'onTrainBatchEnd']; // biome-ignore format: a list
    using model = line();
    await model.fit(x, y, {
      ...data,
      batchSize: 2,
      callbacks: [lambdaCallback(Object.fromEntries(hooks.map((hook) => [hook, tell(hook)])))],
    });
    const logs = 'accuracy,loss';
    const both = `${logs},val_accuracy,val_loss`;
    expect(told).toEqual([
      'onTrainBegin ',
      'onEpochBegin 0 ',
      'onTrainBatchBegin 0 ',
      `onTrainBatchEnd 0 ${logs}`,
      'onTrainBatchBegin 1 ',
      `onTrainBatchEnd 1 ${logs}`,
      'onTestBegin ',
      'onTestEnd val_accuracy,val_loss',
      `onEpochEnd 0 ${both}`,
      `onTrainEnd ${both}`,
    ]);
  });

  test('callbacks in the order given, each awaited before the next', async () => {
    const order: string[] = [];
    const slow = lambdaCallback({
      onEpochEnd: async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push('slow');
      },
    });
    const quick = lambdaCallback({ onEpochEnd: () => void order.push('quick') });
    using model = line();
    await model.fit(x, y, { epochs: 2, callbacks: [slow, quick] });
    expect(order).toEqual(['slow', 'quick', 'slow', 'quick']);
  });

  test('model and parameters of the run', async () => {
    class Look extends Callback {
      seen: unknown;
      override onTrainBegin(): void {
        this.seen = { name: this.model.name, ...this.params };
      }
    }
    const look = new Look();
    using model = line();
    await model.fit(x, y, { epochs: 3, batchSize: 3, callbacks: [look] });
    expect(look.seen).toEqual({ name: model.name, epochs: 3, steps: 2, verbose: 0 });
  });

  test('a mistyped hook is refused with the nearest', () => {
    expect(() => lambdaCallback({ onEpocEnd: () => {} } as never)).toThrow(/Did you mean 'onEpochEnd'/);
  });
});

describe('a callback that fails', () => {
  test.each([
    ['throws', () => { throw new Error('no more paper'); }], // biome-ignore format: short
    ['rejects', () => Promise.reject(new Error('no more paper'))],
  ])('and %s ends the run, saying which and why; the model stays usable', async (_, onEpochEnd) => {
    using model = line();
    await expect(model.fit(x, y, { callbacks: [lambdaCallback({ onEpochEnd })] })).rejects.toMatchObject({
      code: 'ERR_CALLBACK',
      message: 'LambdaCallback.onEpochEnd failed: no more paper',
      cause: expect.objectContaining({ message: 'no more paper' }),
    });
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test('in a step, ends the run there', async () => {
    let steps = 0;
    const onTrainBatchEnd = (): void => {
      steps += 1;
      if (steps === 2) throw new Error('enough');
    };
    using model = line();
    await expect(
      model.fit(x, y, { batchSize: 1, epochs: 9, callbacks: [lambdaCallback({ onTrainBatchEnd })] }),
    ).rejects.toMatchObject({ code: 'ERR_CALLBACK' });
    expect(steps).toBe(2);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test('while an epoch runs inside the addon, ends it there, and is not asked again', async () => {
    let calls = 0;
    const onProgress = (): void => {
      calls += 1;
      throw new Error('enough');
    };
    using model = line();
    // One pass that is longer than any test, so that the timer comes round.
    const rows = tensor(new Float32Array(1e6), [1e6, 1]);
    await expect(
      model.fit(rows, rows, { batchSize: 1, callbacks: [lambdaCallback({ onProgress })] }),
    ).rejects.toMatchObject({ code: 'ERR_CALLBACK' });
    expect(calls).toBe(1);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });
});

describe('earlyStopping', () => {
  test.each(['val_acc', 'val_accuracy'])('watches %s, whatever the metric was called', async (monitor) => {
    for (const name of ['acc', 'accuracy']) {
      using model = line();
      model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [name] });
      const callbacks = [pretend(`val_${name}`, [0.1, 0.5, 0.4, 0.3, 0.2]), earlyStopping({ monitor, patience: 2 })];
      expect((await model.fit(x, y, { ...data, epochs: 5, callbacks })).epoch).toEqual([0, 1, 2, 3]);
    }
  });

  test('restores the best weights', async () => {
    using model = line();
    const kernels: unknown[] = [];
    const keep = lambdaCallback({
      onEpochEnd: async () => void kernels.push((await model.getWeights())[0]?.array()),
    });
    const stop = earlyStopping({ patience: 2, restoreBestWeights: true });
    await model.fit(x, y, { ...data, epochs: 9, callbacks: [pretend('val_loss', [3, 1, 2, 2]), keep, stop] });
    expect(stop).toMatchObject({ best: 1, bestEpoch: 1, stoppedEpoch: 3 });
    expect((await model.getWeights())[0]?.array()).toEqual(kernels[1]);
    expect(kernels[1]).not.toEqual(kernels[3]);
  });

  test('can be used again', async () => {
    using model = line();
    const stop = earlyStopping({ monitor: 'loss' });
    for (let run = 0; run < 2; run++) {
      const { epoch } = await model.fit(x, y, { epochs: 5, callbacks: [pretend('loss', [1, 2, 3]), stop] });
      expect(epoch).toEqual([0, 1]);
    }
  });

  test('a metric nobody computes is a warning that names those there are', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { callbacks: [earlyStopping({ monitor: 'val_loss' })] });
    expect(warn.mock.calls[0]?.[0]).toMatch(/no 'val_loss' to monitor; there is accuracy, loss/);
  });

  test.each([
    [{ patience: -1 }, /patience/],
    [{ mode: 'up' }, /'auto', 'min' or 'max', got 'up'/],
    [{ monitr: 'loss' }, /Did you mean 'monitor'/],
  ])('refuses %j', (options, message) => {
    expect(() => earlyStopping(options as never)).toThrow(message);
  });
});

describe('modelCheckpoint', () => {
  test('keeps the best only, and what it keeps predicts as the model did then', async () => {
    using model = line();
    const filepath = join(folder, 'best.h5');
    let best: unknown;
    const keep = lambdaCallback({
      onEpochEnd: async (epoch) => {
        if (epoch === 1) best = (await model.predict(x)).array();
      },
    });
    const callbacks = [
      pretend('val_loss', [3, 1, 2, 2]),
      keep,
      modelCheckpoint({ filepath, monitor: 'val_loss', saveBestOnly: true }),
    ];
    await model.fit(x, y, { ...data, epochs: 4, callbacks });
    using saved = await loadModel(filepath);
    expect((await saved.predict(x)).array()).toEqual(best);
    expect(await readdir(folder)).toEqual(['best.h5']);
  });

  test('fills epoch and metrics into the name', async () => {
    using model = line();
    const filepath = join(folder, '{epoch:02d}-{val_loss:.2f}-{val_acc:.1f}.h5');
    const callbacks = [
      pretend('val_loss', [3, 1.236]),
      pretend('val_accuracy', [0.5, 1]),
      modelCheckpoint({ filepath }),
    ];
    await model.fit(x, y, { ...data, epochs: 2, callbacks });
    expect(await readdir(folder)).toEqual(['01-3.00-0.5.h5', '02-1.24-1.0.h5']);
  });

  test('a metric in the name that nobody computes ends the run with those there are', async () => {
    using model = line();
    const callbacks = [modelCheckpoint({ filepath: join(folder, '{val_los:.2f}.h5') })];
    await expect(model.fit(x, y, { ...data, callbacks })).rejects.toMatchObject({
      code: 'ERR_UNKNOWN_NAME',
      message: expect.stringMatching(/Did you mean 'val_loss'/),
    });
  });

  test('saveWeightsOnly keeps weights for the same architecture', async () => {
    using model = line();
    const filepath = join(folder, 'w.h5');
    await model.fit(x, y, { callbacks: [modelCheckpoint({ filepath, saveWeightsOnly: true })] });
    await expect(loadModel(filepath)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    using other = line();
    await other.loadWeights(filepath);
    expect((await other.predict(x)).array()).toEqual((await model.predict(x)).array());
  });

  test('saveFreq counts steps', async () => {
    using model = line();
    const filepath = join(folder, '{epoch}.h5');
    let saves = 0;
    vi.spyOn(model, 'save').mockImplementation(async () => {
      saves += 1;
    });
    await model.fit(x, y, { batchSize: 1, epochs: 2, callbacks: [modelCheckpoint({ filepath, saveFreq: 3 })] });
    expect(saves).toBe(2);
  });

  test.each([
    ['a folder that is not there', (root: string) => join(root, 'no', 'such', 'model.h5')],
    ['a folder in the file’s place', (root: string) => root],
    ['a file name of no known format', (root: string) => join(root, 'model.xyz')],
  ])('%s fails before the first step', async (_, path) => {
    using model = line();
    const before = (await model.getWeights()).map((w) => w.array());
    const callbacks = [modelCheckpoint({ filepath: path(folder) })];
    await expect(model.fit(x, y, { callbacks })).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_NOT_WRITABLE|ERR_ARGUMENT/),
    });
    expect((await model.getWeights()).map((w) => w.array())).toEqual(before);
  });

  test('checking leaves nothing behind, and an old file as it was', async () => {
    using model = line();
    const filepath = join(folder, 'old.h5');
    await writeFile(filepath, 'old');
    await model.checkSavable(filepath);
    expect(await readdir(folder)).toEqual(['old.h5']);
    expect(await readFile(filepath, 'utf8')).toBe('old');
  });

  test('the old file survives a save that fails', async () => {
    using model = line();
    const filepath = join(folder, 'model.h5');
    await model.save(filepath);
    const before = await readFile(filepath);
    vi.spyOn(model.layers[0]?.weights[0] as object as { value(): Promise<never> }, 'value').mockRejectedValue(
      new Error('out of memory'),
    );
    await expect(model.save(filepath)).rejects.toThrow(/out of memory/);
    expect(await readFile(filepath)).toEqual(before);
    expect(await readdir(folder)).toEqual(['model.h5']);
  });

  test.each([
    [{}, /filepath/],
    [{ filepath: 'm.h5', saveFreq: 0 }, /saveFreq/],
    [{ filepath: 'm.h5', saveBest: true }, /Did you mean 'saveBestOnly'/],
  ])('refuses %j', (options, message) => {
    expect(() => modelCheckpoint(options as never)).toThrow(message);
  });
});

describe('the progress bar', () => {
  const said = (log: { mock: { calls: unknown[][] } }): string[] => log.mock.calls.map(([text]) => String(text));
  const plain: Logs = { epochs: 2, batchSize: 2 };

  test('verbose 2 prints one line an epoch with every metric', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { ...plain, ...data, verbose: 2 });
    const number = '\\d+\\.\\d{4}(e-\\d+)?';
    const epoch = new RegExp(
      `^2/2 - \\d+s \\S+/step - accuracy: ${number} - loss: ${number} - val_accuracy: ${number} - val_loss: ${number}$`,
    );
    expect(said(log)).toEqual(['Epoch 1/2', expect.stringMatching(epoch), 'Epoch 2/2', expect.stringMatching(epoch)]);
  });

  test('verbose 1 prints lines, not a bar, when the output is no terminal', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { ...plain, verbose: 1 });
    expect(said(log)).toHaveLength(4);
  });

  test('by default nothing is printed there', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, plain);
    expect(said(log)).toEqual([]);
  });

  test('evaluate prints its result when asked', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    using model = line();
    await model.evaluate(x, y, { verbose: 1 });
    expect(said(log)).toEqual([expect.stringMatching(/^accuracy: .* - loss: /)]);
  });
});
