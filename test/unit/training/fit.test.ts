import { describe, expect, test, vi } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import { ArraySource } from '../../../src/data/array-source.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { loadAddon } from '../../../src/native/library.js';
import { optimizers } from '../../../src/nn/index.js';
import { lambdaCallback } from '../../../src/training/callbacks/index.js';

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

/** y = w · x with w = 0 and a learning rate of 0, so that each loss is the mean of y² of the samples it saw. */
function still(learningRate = 0): Sequential {
  const model = sequential();
  model.add(layers.dense({ units: 1, inputShape: [1], useBias: false, kernelInitializer: 'zeros' }));
  model.compile({ optimizer: optimizers.sgd(learningRate), loss: 'meanSquaredError' });
  return model;
}

/** x = 1 everywhere, y = √(2^i): sample i costs 2^i, so sums of losses tell which samples there were. */
const n = 8;
const x = tensor(
  Float32Array.from({ length: n }, () => 1),
  [n, 1],
);
const y = tensor(
  Float32Array.from({ length: n }, (_, i) => 2 ** (i / 2)),
  [n, 1],
);
const mean = (samples: readonly number[]): number => samples.reduce((sum, i) => sum + 2 ** i, 0) / samples.length;

describe('which samples a run sees', () => {
  test('validationSplit keeps the last fraction, before any shuffling', async () => {
    using model = still();
    const { history } = await model.fit(x, y, { validationSplit: 0.25, batchSize: 4, shuffle: true });
    expect(history.loss?.[0]).toBeCloseTo(mean([0, 1, 2, 3, 4, 5]), 3);
    expect(history.val_loss?.[0]).toBeCloseTo(mean([6, 7]), 3);
  });

  test.each([
    ['[x, y]', [x.rows(0, 2), y.rows(0, 2)] as const, mean([0, 1])],
    ['[x, y, sampleWeight]', [x.rows(0, 2), y.rows(0, 2), [0, 2]] as const, 2],
    ['a data source', new ArraySource([x.rows(2, 4), y.rows(2, 4)], { batchSize: 1 }), mean([2, 3])],
    ['an async generator', async function* () { yield [x.rows(4, 6), y.rows(4, 6)]; }, mean([4, 5])], // biome-ignore format: one case a line
  ])('validationData may be %s', async (_, validationData, expected) => {
    using model = still();
    const { history } = await model.fit(x, y, { validationData, epochs: 2 });
    expect(history.val_loss?.map((v) => v.toFixed(3))).toEqual(Array(2).fill(expected.toFixed(3)));
  });

  test('validationSteps and validationFreq', async () => {
    using model = still();
    const validationData = [x, y] as const;
    const options = { validationData, validationBatchSize: 2, validationSteps: 2, validationFreq: 2, epochs: 5 };
    const { history } = await model.fit(x, y, options);
    expect(history.val_loss?.map((v) => v.toFixed(3))).toEqual(Array(2).fill(mean([0, 1, 2, 3]).toFixed(3)));
    expect(history.loss).toHaveLength(5);
  });

  test('validationFreq may list epochs, counted from 1', async () => {
    using model = still();
    const validated: number[] = [];
    const callbacks = [lambdaCallback({ onEpochEnd: (epoch, logs) => void ('val_loss' in logs && validated.push(epoch)) })]; // biome-ignore format: one line
    await model.fit(x, y, { validationData: [x, y], validationFreq: [2, 5], epochs: 6, callbacks });
    expect(validated).toEqual([1, 4]);
  });

  test('validationData comes before validationSplit', async () => {
    using model = still();
    const { history } = await model.fit(x, y, { validationData: [x.rows(0, 1), y.rows(0, 1)], validationSplit: 0.5 });
    expect(history.val_loss?.[0]).toBeCloseTo(1, 3);
    expect(history.loss?.[0]).toBeCloseTo(mean([0, 1, 2, 3, 4, 5, 6, 7]), 3);
  });

  test('validation with as many samples, or the same source, does not move the training data', async () => {
    const last = [x.rows(4, 8), y.rows(4, 8)] as const;
    const options = { shuffle: false, batchSize: 2, stepsPerEpoch: 1, epochs: 3 };
    const expected = [mean([0, 1]), mean([2, 3]), mean([0, 1])].map((v) => v.toFixed(3));
    using model = still();
    const arrays = await model.fit(x.rows(0, 4), y.rows(0, 4), { ...options, validationData: last });
    expect(arrays.history.loss?.map((v) => v.toFixed(3))).toEqual(expected);
    expect(arrays.history.val_loss?.map((v) => v.toFixed(3))).toEqual(Array(3).fill(mean([4, 5, 6, 7]).toFixed(3)));
    const source = new ArraySource([x.rows(0, 4), y.rows(0, 4)], { batchSize: 2, shuffle: false });
    const same = await model.fit(source, { stepsPerEpoch: 1, epochs: 3, validationData: source });
    expect(same.history.loss?.map((v) => v.toFixed(3))).toEqual(expected);
  });

  test('shuffling gives each epoch another order and loses no sample', async () => {
    using model = still(1e-5);
    const seen: number[][] = [];
    const orders = lambdaCallback({
      onEpochBegin: () => void seen.push([]),
      onTrainBatchEnd: (_, logs) => void seen.at(-1)?.push(Math.round((logs.loss ?? 0) * 100)),
    });
    await model.fit(x, y, { epochs: 2, batchSize: 1, callbacks: [orders] });
    expect(seen[0]).not.toEqual(seen[1]);
    expect(seen[0]?.at(-1)).toBeCloseTo(mean([0, 1, 2, 3, 4, 5, 6, 7]) * 100, -2);
  });

  test('fewer stepsPerEpoch than a pass: epochs share the pass', async () => {
    using model = still();
    const options = { shuffle: false, batchSize: 2, stepsPerEpoch: 3, epochs: 3 };
    const { history } = await model.fit(x, y, options);
    const expected = [
      [0, 1, 2, 3, 4, 5],
      [6, 7, 0, 1, 2, 3],
      [4, 5, 6, 7, 0, 1],
    ];
    expect(history.loss?.map((v) => v.toFixed(3))).toEqual(expected.map((samples) => mean(samples).toFixed(3)));
  });

  test('more stepsPerEpoch than a pass: the data starts again within the epoch', async () => {
    using model = still();
    const { history } = await model.fit(x, y, { shuffle: false, batchSize: 4, stepsPerEpoch: 3 });
    expect(history.loss?.[0]).toBeCloseTo(mean([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3]), 3);
  });

  test('initialEpoch numbers the epochs and counts as done', async () => {
    using model = still();
    expect((await model.fit(x, y, { initialEpoch: 3, epochs: 5 })).epoch).toEqual([3, 4]);
    expect((await model.fit(x, y, { initialEpoch: 5, epochs: 5 })).epoch).toEqual([]);
  });

  test('a short last batch weighs by its samples', async () => {
    using model = still();
    const { history } = await model.fit(x, y, { batchSize: 5 });
    expect(history.loss?.[0]).toBeCloseTo(mean([0, 1, 2, 3, 4, 5, 6, 7]), 3);
  });
});

describe('what data comes from', () => {
  async function* batches() {
    for (let i = 0; i < n; i += 2) yield [x.rows(i, i + 2), y.rows(i, i + 2)];
  }

  test.each([
    ['arrays', x.array(), y.array()],
    ['tensors', x, y],
    ['a source', new ArraySource([x, y], { batchSize: 3 }), undefined],
    ['a function that gives an async generator', batches, undefined],
  ])('%s', async (_, from, labels) => {
    using model = still();
    const options = { epochs: 2 };
    const { history } = await (labels ? model.fit(from, labels as never, options) : model.fit(from, options));
    expect(history.loss?.map((v) => v.toFixed(3))).toEqual(Array(2).fill(mean([0, 1, 2, 3, 4, 5, 6, 7]).toFixed(3)));
  });

  test('an async generator that runs on takes stepsPerEpoch', async () => {
    using model = still();
    async function* forever() {
      for (;;) yield* batches();
    }
    const { history } = await model.fit(forever(), { stepsPerEpoch: 4, epochs: 3 });
    expect(history.loss).toHaveLength(3);
  });

  test('a generator that throws ends the run with its error, and the model trains again', async () => {
    using model = still();
    async function* failing() {
      yield [x, y];
      throw new Error('the disk is gone');
    }
    await expect(model.fit(failing)).rejects.toThrow(/the disk is gone/);
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test('a generator whose labels have fewer rows than its pictures is refused in the model’s terms', async () => {
    using model = sequential();
    model.add(layers.dense({ units: 3, inputShape: [1], activation: 'softmax' }));
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    async function* uneven() {
      yield [x.rows(0, 4), tensor([[1, 0, 0], [0, 1, 0]])]; // biome-ignore format: short
    }
    await expect(model.fit(uneven)).rejects.toMatchObject({ code: 'ERR_LABELS' });
  });

  test('an empty generator is refused', async () => {
    using model = still();
    await expect(model.fit(async function* () {})).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
  });
});

describe('what is refused', () => {
  test.each([
    ['an unknown option', { epoch: 3 }, 'ERR_UNKNOWN_NAME', /Did you mean 'epochs'/],
    ['no epochs', { epochs: 0 }, 'ERR_ARGUMENT', /epochs must be a positive integer, got 0/],
    ['half an epoch', { epochs: 1.5 }, 'ERR_ARGUMENT', /epochs/],
    ['empty batches', { batchSize: 0 }, 'ERR_ARGUMENT', /batchSize/],
    ['no steps', { stepsPerEpoch: -1 }, 'ERR_ARGUMENT', /stepsPerEpoch/],
    ['no steps of validation', { validationData: [x, y], validationSteps: 0 }, 'ERR_ARGUMENT', /validationSteps/],
    ['validation never', { validationData: [x, y], validationFreq: 0 }, 'ERR_ARGUMENT', /validationFreq/],
    ['an epoch before the first', { initialEpoch: -1 }, 'ERR_ARGUMENT', /initialEpoch/],
    ['everything kept for validation', { validationSplit: 1 }, 'ERR_ARGUMENT', /validationSplit 1/],
    ['a negative split', { validationSplit: -0.5 }, 'ERR_ARGUMENT', /validationSplit -0.5/],
    ['too small a fraction', { validationSplit: 0.99 }, 'ERR_ARGUMENT', /validationSplit 0.99 of 8 samples/],
    ['weights of both kinds', { classWeight: { 0: 1 }, sampleWeight: [1] }, 'ERR_ARGUMENT', /not both/],
    ['too few weights', { sampleWeight: [1, 2] }, 'ERR_LABELS', /8 samples.*sampleWeight.*\[2\]/],
  ])('%s', async (_, options, code, message) => {
    using model = still();
    await expect(model.fit(x, y, options as never)).rejects.toEqual(failure(code, message));
    expect((await model.fit(x, y)).epoch).toEqual([0]);
  });

  test('evaluate and predict in batches of nothing', async () => {
    using model = still();
    await expect(model.evaluate(x, y, { batchSize: 0 })).rejects.toEqual(failure('ERR_ARGUMENT', /batchSize/));
    await expect(model.predict(x, { batchSize: 0 })).rejects.toEqual(failure('ERR_ARGUMENT', /batchSize/));
    await expect(model.predict(x, { steps: 0.5 })).rejects.toEqual(failure('ERR_ARGUMENT', /steps/));
    await expect(model.predict(x, { batchsize: 1 } as never)).rejects.toEqual(failure('ERR_UNKNOWN_NAME', /batchSize/));
  });

  test('validationSplit of a source or a generator', async () => {
    using model = still();
    const source = new ArraySource([x, y], { batchSize: 4 });
    async function* forever() {
      for (;;) yield [x, y];
    }
    for (const from of [source, forever, forever()]) {
      await expect(model.fit(from, { validationSplit: 0.5 })).rejects.toEqual(
        failure('ERR_ARGUMENT', /validationData/),
      );
    }
  });

  test('weights for a source, which brings its own', async () => {
    using model = still();
    const source = new ArraySource([x, y], { batchSize: 4 });
    await expect(model.fit(source, { sampleWeight: [1] })).rejects.toEqual(failure('ERR_ARGUMENT', /source/));
    const weighted = new ArraySource([x, y, tensor(new Float32Array(n))], { batchSize: 4 });
    const options = { classWeight: { 0: 2 } };
    await expect(model.fit(weighted, options)).rejects.toEqual(failure('ERR_ARGUMENT', /classWeight.*\[x, y\]/));
    const unlabelled = new ArraySource([x], { batchSize: 4 });
    await expect(model.fit(unlabelled, options)).rejects.toEqual(failure('ERR_ARGUMENT', /classWeight/));
    const generator = () => [[x, y]];
    await expect(model.fit(generator, options)).rejects.toEqual(failure('ERR_ARGUMENT', /classWeight.*generator/));
    expect((await model.fit(source)).epoch).toEqual([0]);
  });
});

test('no callback is told of a step that a pass has no batch for', async () => {
  using model = still();
  const told: string[] = [];
  const callbacks = [
    lambdaCallback({
      onTrainBatchBegin: (step) => void told.push(`begin ${step}`),
      onTrainBatchEnd: (step) => void told.push(`end ${step}`),
    }),
  ];
  await model.fit(x, y, { batchSize: 3, stepsPerEpoch: 2, epochs: 3, callbacks });
  expect(told).toEqual(Array(3).fill(['begin 0', 'end 0', 'begin 1', 'end 1']).flat());
});

describe('classWeight', () => {
  const labels = tensor(Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1));
  const classWeight = { 0: 5, 1: 0.5 };
  const rows = labels.array() as number[];
  const oneHot = tensor(rows.map((label) => [0, 1, 2].map((c) => Number(c === label))));

  test.each([
    ['class numbers', labels, 'sparseCategoricalCrossentropy'],
    ['class numbers in a column', labels.reshape([n, 1]), 'sparseCategoricalCrossentropy'],
    ['one-hot rows', oneHot, 'categoricalCrossentropy'],
  ])('weighs %s alike, in arrays and in sources', async (_, y, loss) => {
    using model = sequential();
    model.add(layers.dense({ units: 3, inputShape: [1], activation: 'softmax', kernelInitializer: 'zeros' }));
    model.compile({ optimizer: optimizers.sgd(0), loss });
    const weights = rows.map((label) => ({ 0: 5, 1: 0.5, 2: 1 })[label] ?? Number.NaN);
    const wanted = (Math.log(3) * weights.reduce((a, b) => a + b)) / n;
    const source = new ArraySource([x, y], { batchSize: 3 });
    const results = [
      await model.fit(x, y, { classWeight, batchSize: 3 }),
      await model.fit(source, { classWeight }),
      await model.fit(source, { classWeight, epochs: 2 }),
    ];
    for (const { history } of results) expect(history.loss?.[0]).toBeCloseTo(wanted, 4);
    expect((await model.fit(source)).history.loss?.[0]).toBeCloseTo(Math.log(3), 4);
  });
});

describe('stepsPerExecution', () => {
  test('batch callbacks are told of the first and the last step of each call', async () => {
    using model = still();
    model.compile({ optimizer: optimizers.sgd(0), loss: 'mse', stepsPerExecution: 3 });
    const told: string[] = [];
    const callbacks = [
      lambdaCallback({
        onTrainBatchBegin: (step) => void told.push(`begin ${step}`),
        onTrainBatchEnd: (step, logs) => void told.push(`end ${step} ${logs.loss?.toFixed(1)}`),
      }),
    ];
    async function* batches() {
      for (let i = 0; i < n; i++) yield [x.rows(i, i + 1), y.rows(i, i + 1)];
    }
    const ends = [[0, 1, 2], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6, 7]].map((seen) => mean(seen).toFixed(1)); // biome-ignore format: one line
    const wanted = ['begin 0', `end 2 ${ends[0]}`, 'begin 3', `end 5 ${ends[1]}`, 'begin 6', `end 7 ${ends[2]}`];
    await model.fit(x, y, { batchSize: 1, shuffle: false, callbacks });
    expect(told.splice(0)).toEqual(wanted);
    await model.fit(batches, { callbacks });
    expect(told).toEqual(wanted);
  });

  test('must be a positive integer', () => {
    using model = still();
    const options = { loss: 'mse', stepsPerExecution: 0 };
    expect(() => model.compile(options)).toThrow(/stepsPerExecution must be a positive integer, got 0/);
  });
});

describe('a loss that is no number', () => {
  test('ends a long epoch within it', async () => {
    using model = still(1e30);
    const rows = tensor(new Float32Array(1e7).fill(1), [1e7, 1]);
    await expect(model.fit(rows, rows, { batchSize: 1 })).rejects.toMatchObject({ code: 'ERR_NAN_LOSS' });
    expect((await model.predict(x)).shape).toEqual([n, 1]);
  });

  test('stops training after the epoch, with advice', async () => {
    using model = still(1e30);
    await expect(model.fit(x, y, { epochs: 50, batchSize: 1 })).rejects.toEqual(
      failure('ERR_NAN_LOSS', /in epoch \d.*Lower the learning rate.*NaN in the data/),
    );
  });

  test('NaN in the data does, too', async () => {
    using model = still(0.1);
    const holes = tensor([[1], [Number.NaN]]);
    await expect(model.fit(holes, y.rows(0, 2))).rejects.toMatchObject({ code: 'ERR_NAN_LOSS' });
  });

  test('predict gives NaN for what is NaN, and numbers for the rest', async () => {
    using model = still();
    expect((await model.predict([[1], [Number.NaN]])).array()).toEqual([[0], [Number.NaN]]);
  });

  test('callbacks are not told of the epoch, so no checkpoint of it is made', async () => {
    using model = still(1e30);
    const ends: number[] = [];
    const callbacks = [lambdaCallback({ onEpochEnd: (epoch) => void ends.push(epoch) })];
    await model.fit(x, tensor([[Number.NaN], [1], [1], [1], [1], [1], [1], [1]]), { callbacks }).catch(() => {});
    expect(ends).toEqual([]);
  });
});

describe('stopping', () => {
  test('a signal ends the run after the running step and gives the history so far', async () => {
    using model = still();
    const controller = new AbortController();
    const steps: string[] = [];
    const callbacks = [
      lambdaCallback({
        onTrainBatchEnd: (step) => {
          steps.push(`step ${step}`);
          if (steps.length === 7) controller.abort();
        },
        onEpochEnd: (epoch) => void steps.push(`epoch ${epoch}`),
        onTrainEnd: () => void steps.push('end'),
      }),
    ];
    const { epoch } = await model.fit(x, y, { batchSize: 2, epochs: 9, callbacks, signal: controller.signal });
    expect(steps).toEqual(['step 0', 'step 1', 'step 2', 'step 3', 'epoch 0', 'step 0', 'step 1', 'end']);
    expect(epoch).toEqual([0]);
  });

  test('a signal ends an epoch that runs inside the addon', async () => {
    using model = still();
    const controller = new AbortController();
    const onEpochBegin = vi.fn();
    const callbacks = [lambdaCallback({ onEpochBegin })];
    const run = model.fit(x, y, { stepsPerEpoch: 1e9, callbacks, signal: controller.signal });
    await expect.poll(() => onEpochBegin.mock.calls.length > 0 && loadAddon().counters().running > 0).toBe(true);
    controller.abort();
    expect((await run).epoch).toEqual([]);
  });

  test('a signal that was given before does no step', async () => {
    using model = still(0.1);
    const before = (await model.getWeights()).map((w) => w.array());
    expect((await model.fit(x, y, { signal: AbortSignal.abort() })).epoch).toEqual([]);
    expect((await model.getWeights()).map((w) => w.array())).toEqual(before);
  });

  test('stopTraining, set by a callback, ends after the epoch, or after the step in a batch callback', async () => {
    using model = still();
    const stopAt = (hook: 'onEpochEnd' | 'onTrainBatchEnd') =>
      lambdaCallback({
        [hook]: () => {
          model.stopTraining = true;
        },
      });
    expect((await model.fit(x, y, { epochs: 5, callbacks: [stopAt('onEpochEnd')] })).epoch).toEqual([0]);
    const history = await model.fit(x, y, { epochs: 5, batchSize: 2, shuffle: false, callbacks: [stopAt('onTrainBatchEnd')] }); // biome-ignore format: one line
    expect(history.epoch).toEqual([0]);
    expect(history.history.loss?.[0]).toBeCloseTo(mean([0, 1]), 3);
  });
});
