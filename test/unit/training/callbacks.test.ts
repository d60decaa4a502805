import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Tensor, tensor } from '../../../src/core/tensor.js';
import { fromTensorSlices } from '../../../src/data/index.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { optimizers } from '../../../src/nn/index.js';
import { loadModel } from '../../../src/saving/load-model.js';
import {
  Callback,
  earlyStopping,
  type Logs,
  lambdaCallback,
  learningRateScheduler,
  modelCheckpoint,
  type PredictLogs,
  reduceLROnPlateau,
  remoteMonitor,
  swapEMAWeights,
  terminateOnNaN,
} from '../../../src/training/callbacks/index.js';
import type { RemoteMonitorOptions } from '../../../src/training/callbacks/remote-monitor.js';

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
      'onTestEnd accuracy,loss',
      `onEpochEnd 0 ${both}`,
      `onTrainEnd ${both}`,
    ]);
  });

  test('callbacks in the order given, each awaited before the next', async () => {
    const order: string[] = [];
    const slow = lambdaCallback({
      onEpochEnd: async () => {
        await turn();
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

describe('callbacks of evaluate and predict', () => {
  const datasets = { arrays: [x, y], 'a data set': [fromTensorSlices([x, y]).batch(2), undefined] } as const;

  test.each(Object.entries(datasets))('change nothing of what comes out of %s', async (_, [inputs, labels]) => {
    using model = line();
    const wait = () => turn();
    const hooks = { onTestBatchBegin: wait, onTestBatchEnd: wait, onPredictBatchBegin: wait, onPredictBatchEnd: wait };
    const options = { batchSize: 2, callbacks: [lambdaCallback(hooks)] };
    const plain = await model.evaluate(x, y, { batchSize: 2 });
    expect(await model.evaluate(inputs, labels as Tensor, options)).toEqual(plain);
    const rows = labels ? x : fromTensorSlices(x).batch(2);
    expect((await model.predict(rows, options)).array()).toEqual((await model.predict(x)).array());
  });

  test('are given the model, what is to be done, and the outputs of each batch', async () => {
    using model = line();
    const [seen, outputs]: [unknown[], unknown[]] = [[], []];
    class Look extends Callback {
      override onTestBegin(): void {
        seen.push(this.params, this.model.name);
      }
      override onPredictBegin = this.onTestBegin;
      override onPredictBatchEnd(_: number, logs: PredictLogs): void {
        if (logs.outputs instanceof Tensor) outputs.push(...(logs.outputs.array() as unknown[]));
      }
    }
    await model.evaluate(x, y, { batchSize: 3, callbacks: [new Look()] });
    const predicted = await model.predict(x, { batchSize: 1, callbacks: [new Look()] });
    const { name } = model;
    expect(seen).toEqual([{ epochs: 1, steps: 2, verbose: 0 }, name, { epochs: 1, steps: 4, verbose: 0 }, name]);
    expect(outputs).toEqual(predicted.array());
  });

  test('end them early by stopEvaluating and stopPredicting, which hold for one call', async () => {
    using model = line();
    await model.setWeights([tensor([[1]]), tensor([0])]);
    const stop = lambdaCallback({
      onTestBatchEnd: (step) => void Object.assign(model, { stopEvaluating: step === 1 }),
      onPredictBatchEnd: (step) => void Object.assign(model, { stopPredicting: step === 1 }),
    });
    // Of x and 2x + 1, the first two: (1 + 4) / 2.
    expect((await model.evaluate(x, y, { batchSize: 1, callbacks: [stop] })).loss).toBeCloseTo(2.5);
    expect((await model.evaluate(x, y)).loss).toBeCloseTo(7.5);
    for (const rows of [x, fromTensorSlices(x).batch(1)]) {
      expect((await model.predict(rows, { batchSize: 1, callbacks: [stop] })).array()).toEqual([[0], [1]]);
      expect((await model.predict(rows, { batchSize: 1 })).shape).toEqual([4, 1]);
    }
  });

  const hooks = ['onTestBegin', 'onTestBatchBegin', 'onTestBatchEnd', 'onTestEnd'] as const;
  test.each(hooks)('end with their error when %s fails; the model stays usable', async (hook) => {
    using model = line();
    const failing = lambdaCallback({ [hook]: () => Promise.reject(new Error('no more paper')) });
    const wanted = { code: 'ERR_CALLBACK', message: `LambdaCallback.${hook} failed: no more paper` };
    const source = fromTensorSlices([x, y]).batch(2);
    await expect(model.evaluate(source, { callbacks: [failing] })).rejects.toMatchObject(wanted);
    await expect(model.fit(source, { validationData: source, callbacks: [failing] })).rejects.toMatchObject(wanted);
    expect(Object.keys(await model.evaluate(source))).toEqual(['accuracy', 'loss']);

    const predictHook = hook.replace('Test', 'Predict');
    const failingToo = lambdaCallback({ [predictHook]: () => Promise.reject(new Error('no more paper')) });
    for (const rows of [x, fromTensorSlices(x).batch(2)]) {
      await expect(model.predict(rows, { batchSize: 2, callbacks: [failingToo] })).rejects.toMatchObject({
        code: 'ERR_CALLBACK',
        message: `LambdaCallback.${predictHook} failed: no more paper`,
      });
      expect((await model.predict(rows)).shape).toEqual([4, 1]);
    }
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

  test('saveFreq fills in the step, and counts across epochs and calls of several steps', async () => {
    using model = line();
    model.compile({ optimizer: 'sgd', loss: 'mse', stepsPerExecution: 3 });
    const filepath = join(folder, '{epoch}-{batch}.h5');
    await model.fit(x, y, { batchSize: 1, epochs: 3, callbacks: [modelCheckpoint({ filepath, saveFreq: 4 })] });
    expect((await readdir(folder)).sort()).toEqual(['1-4.h5', '2-4.h5', '3-4.h5']);
  });

  test('initialValueThreshold is the value to beat', async () => {
    using model = line();
    const filepath = join(folder, '{epoch}.h5');
    const checkpoint = modelCheckpoint(filepath, { saveBestOnly: true, initialValueThreshold: 2 });
    await model.fit(x, y, { epochs: 3, callbacks: [pretend('val_loss', [3, 1.5, 1.7]), checkpoint] });
    expect(await readdir(folder)).toEqual(['2.h5']);
    expect(checkpoint.best).toBe(1.5);
  });

  test('without the metric that tells the best, every epoch is saved, with a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { epochs: 2, callbacks: [modelCheckpoint(join(folder, '{epoch}.h5'), { saveBestOnly: true })] }); // biome-ignore format: one line
    expect(await readdir(folder)).toEqual(['1.h5', '2.h5']);
    expect(warn.mock.calls[0]?.[0]).toMatch(/no 'val_loss' to monitor/);
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

describe('terminateOnNaN', () => {
  const holes = tensor([[0], [1], [Number.NaN], [3]]);
  const options = { batchSize: 1, shuffle: false, epochs: 3 };

  test('ends after the very step, without an error', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    using model = line();
    let steps = 0;
    const count = lambdaCallback({ onTrainBatchEnd: () => void steps++ });
    const { epoch } = await model.fit(holes, y, { ...options, callbacks: [terminateOnNaN(), count] });
    expect({ steps, epoch }).toEqual({ steps: 3, epoch: [0] });
    expect(log.mock.calls).toEqual([['Training ends: the loss became NaN in step 3.']]);
  });

  test('raiseError fails there', async () => {
    using model = line();
    const callbacks = [terminateOnNaN({ raiseError: true })];
    await expect(model.fit(holes, y, { ...options, callbacks })).rejects.toMatchObject({
      code: 'ERR_NAN_LOSS',
      message: 'terminateOnNaN: the loss became NaN in step 3 of the epoch.',
    });
  });
});

describe('callbacks of the learning rate', () => {
  const byItself = () => optimizers.sgd({ learningRate: new optimizers.schedules.ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 }) }); // biome-ignore format: one line

  test.each([
    ['learningRateScheduler', learningRateScheduler(() => 0.1)],
    ['reduceLROnPlateau', reduceLROnPlateau({ monitor: 'loss', patience: 0, minDelta: 1e9 })],
  ])('%s refuses an optimizer that follows a schedule', async (_, callback) => {
    using model = line();
    model.compile({ optimizer: byItself(), loss: 'mse' });
    await expect(model.fit(x, y, { epochs: 3, callbacks: [callback] })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: expect.stringMatching(/ExponentialDecay; give learningRate as a number/),
    });
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test.each([undefined, '0.1', Number.NaN])('a rule that gives %s is refused', async (rate) => {
    using model = line();
    const callbacks = [learningRateScheduler(() => rate as number)];
    await expect(model.fit(x, y, { callbacks })).rejects.toMatchObject({
      code: 'ERR_ARGUMENT',
      message: `learningRateScheduler: a learning rate is a number, got ${rate}.`,
    });
  });

  test.each(['lr', 'learning_rate'])('%s in the logs can be watched', async (monitor) => {
    using model = line();
    const halving = learningRateScheduler((epoch, rate) => (epoch < 2 ? rate / 2 : rate));
    const stop = earlyStopping({ monitor, mode: 'min', patience: 1 });
    expect((await model.fit(x, y, { epochs: 9, callbacks: [halving, stop] })).epoch).toEqual([0, 1, 2]);
  });

  test('a metric that is not there is a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { callbacks: [reduceLROnPlateau()] });
    expect(warn.mock.calls[0]?.[0]).toMatch(/reduceLROnPlateau: there is no 'val_loss'.*learning_rate/);
  });

  test('a factor of 1 or more, and what is no function, is refused', () => {
    expect(() => reduceLROnPlateau({ factor: 1 })).toThrow(/factor must be below 1, got 1/);
    expect(() => learningRateScheduler({ schedule: 0.1 as never })).toThrow(/give a function/);
    expect(() => learningRateScheduler(0.1 as never)).toThrow(/options by name, such as \{ schedule: … \}, got 0\.1/);
  });
});

describe('remoteMonitor', () => {
  /** What a server was sent while a model trained for an epoch. */
  async function sent(options: RemoteMonitorOptions) {
    const requests: { url: string | undefined; type: string | undefined; key: unknown; body: string }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        requests.push({ url: request.url, type: request.headers['content-type'], key: request.headers['x-key'], body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    using model = line();
    const monitor = remoteMonitor({ root: `http://127.0.0.1:${port}`, ...options });
    const { history } = await model.fit(x, y, { callbacks: [monitor] });
    server.closeAllConnections();
    server.close();
    return { requests, logs: { epoch: 0, loss: history.loss?.[0], accuracy: history.accuracy?.[0] } };
  }

  test('sends a form', async () => {
    const { requests, logs } = await sent({ headers: { 'x-key': 'secret' } });
    const [{ url, type, key, body } = { body: '' }] = requests;
    expect({ url, type, key }).toMatchObject({ url: '/publish/epoch/end/', type: expect.stringMatching(/urlencoded/), key: 'secret' }); // biome-ignore format: one line
    expect(JSON.parse(new URLSearchParams(body).get('data') ?? '')).toEqual(logs);
  });

  test('sends JSON', async () => {
    const { requests, logs } = await sent({ path: '/logs', sendAsJson: true });
    expect(requests).toMatchObject([{ url: '/logs', type: 'application/json' }]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual(logs);
  });

  test('a server that is not there is a warning', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    using model = line();
    await model.fit(x, y, { callbacks: [remoteMonitor({ root: 'http://127.0.0.1:1' })] });
    expect(warn.mock.calls[0]?.[0]).toMatch(/remoteMonitor: http:\/\/127\.0\.0\.1:1 cannot be reached/);
  });
});

test('swapEMAWeights evaluates with the averages, too', async () => {
  using model = line();
  model.compile({ optimizer: optimizers.sgd({ useEma: true }), loss: 'meanSquaredError' });
  let trained: Tensor[] = [];
  const keep = lambdaCallback({
    onEpochEnd: async () => {
      trained = await model.getWeights();
    },
  });
  const { history } = await model.fit(x, y, { ...data, epochs: 3, callbacks: [swapEMAWeights(), keep] });
  await model.setWeights(trained);
  const options = { callbacks: [swapEMAWeights()] };
  expect((await model.evaluate(x, y, options)).loss).toBe(history.val_loss?.[2]);
  expect((await model.evaluate(x, y)).loss).not.toBe(history.val_loss?.[2]);
});

test('swapEMAWeights needs an optimizer that averages', async () => {
  using model = line();
  await expect(model.fit(x, y, { callbacks: [swapEMAWeights()] })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringMatching(/give it useEma: true/),
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
