import { describe, expect, test } from 'vitest';
import { tensor } from '../../../src/core/tensor.js';
import * as layers from '../../../src/layers/index.js';
import { type Sequential, sequential } from '../../../src/models/sequential.js';
import { optimizers } from '../../../src/nn/index.js';
import '../../../src/saving/h5-format.js';
import { lambdaCallback } from '../../../src/training/callbacks/index.js';

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

function classifier({ classes = 3, compiled = true } = {}): Sequential {
  const model = sequential();
  model.add(layers.dense({ name: 'head', units: classes, inputShape: [2], activation: 'softmax' }));
  if (compiled) model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

const x = tensor([
  [0, 1],
  [1, 0],
  [1, 1],
  [0, 0],
]);
const y = tensor([
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 0],
]);

describe('compile', () => {
  test.each([
    ['optimizer', { optimizer: 'addam', loss: 'mse' }, /Did you mean 'adam'/],
    ['loss', { loss: 'categoricalCrosentropy' }, /Did you mean 'categoricalCrossentropy'/],
    ['metric', { loss: 'mse', metrics: ['acuracy'] }, /Did you mean 'accuracy'/],
    ['option', { loss: 'mse', optimiser: 'adam' }, /Did you mean 'optimizer'/],
  ])('an unknown %s is refused with the nearest', (_, options, message) => {
    using model = classifier({ compiled: false });
    expect(() => model.compile(options as never)).toThrow(failure('ERR_UNKNOWN_NAME', message));
    expect(model.isCompiled).toBe(false);
  });

  test('without a loss is refused', () => {
    using model = classifier({ compiled: false });
    expect(() => model.compile({} as never)).toThrow(failure('ERR_ARGUMENT', /loss/));
  });

  test('Keras’ snake_case names are taken too', () => {
    using model = classifier({ compiled: false });
    model.compile({ optimizer: 'Adam', loss: 'categorical_crossentropy', metrics: ['categorical_accuracy'] });
    expect(model.optimizer.className).toBe('Adam');
  });

  test('again, with another optimizer, keeps the weights', async () => {
    using model = classifier();
    await model.fit(x, y);
    const before = await Promise.all((await model.getWeights()).map((w) => w.array()));
    model.compile({ optimizer: optimizers.adam(0), loss: 'mse' });
    await model.fit(x, y);
    expect((await model.getWeights()).map((w) => w.array())).toEqual(before);
  });
});

describe('before compile', () => {
  test.each([
    ['fit', (model: Sequential) => model.fit(x, y)],
    ['evaluate', (model: Sequential) => model.evaluate(x, y)],
    ['trainOnBatch', (model: Sequential) => model.trainOnBatch(x, y)],
    ['testOnBatch', (model: Sequential) => model.testOnBatch(x, y)],
  ])('%s is refused with what to call', async (_, use) => {
    using model = classifier({ compiled: false });
    await expect(use(model)).rejects.toEqual(failure('ERR_NOT_COMPILED', /call model\.compile/));
  });

  test('predict works', async () => {
    using model = classifier({ compiled: false });
    expect((await model.predict(x)).shape).toEqual([4, 3]);
  });
});

describe('data that does not fit', () => {
  test('one sample without a batch axis is refused with the hint', async () => {
    using model = classifier();
    await expect(model.predict(tensor([0, 1]))).rejects.toEqual(
      failure('ERR_SHAPE', /takes \[null, 2\].*\[2\].*Add a batch axis: x\.expandDims\(0\)/),
    );
  });

  test.each([
    ['predict', (model: Sequential) => model.predict([[1, 2, 3]])],
    ['fit', (model: Sequential) => model.fit([[1, 2, 3]], [[1, 0, 0]])],
    ['evaluate', (model: Sequential) => model.evaluate([[1, 2, 3]], [[1, 0, 0]])],
    ['trainOnBatch', (model: Sequential) => model.trainOnBatch([[1, 2, 3]], [[1, 0, 0]])],
  ])('%s with too many features names expected and got', async (_, use) => {
    using model = classifier();
    await expect(use(model)).rejects.toEqual(failure('ERR_SHAPE', /takes \[null, 2\], but .*\[(null|1), 3\]/));
  });

  const labels = failure('ERR_LABELS', /\[\S+, 5\].*\[\S+, 3\]/);
  test.each([
    ['fit', (model: Sequential, wrong: number[][]) => model.fit(x, wrong)],
    ['evaluate', (model: Sequential, wrong: number[][]) => model.evaluate(x, wrong)],
    ['trainOnBatch', (model: Sequential, wrong: number[][]) => model.trainOnBatch(x, wrong)],
    ['testOnBatch', (model: Sequential, wrong: number[][]) => model.testOnBatch(x, wrong)],
  ])('%s with labels of 5 classes for 3 outputs says both', async (_, use) => {
    using model = classifier();
    const wrong = Array.from({ length: 4 }, () => [1, 0, 0, 0, 0]);
    await expect(use(model, wrong)).rejects.toEqual(labels);
  });

  test('class numbers for a one-hot loss are refused with the loss that takes them', async () => {
    using model = classifier();
    await expect(model.fit(x, tensor([0, 1, 2, 0]))).rejects.toEqual(
      failure('ERR_LABELS', /sparseCategoricalCrossentropy/),
    );
  });

  test('a class number beyond the outputs is refused with the range', async () => {
    using model = classifier({ compiled: false });
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    await expect(model.fit(x, tensor([0, 1, 2, 3], [4], 'int32'))).rejects.toEqual(failure('ERR_LABELS', /3/));
  });

  test.each([
    ['fit', (model: Sequential) => model.fit(x, [[1, 0, 0]])],
    ['evaluate', (model: Sequential) => model.evaluate(x, [[1, 0, 0]])],
    ['trainOnBatch', (model: Sequential) => model.trainOnBatch(x, [[1, 0, 0]])],
  ])('%s with fewer labels than samples says both numbers', async (_, use) => {
    using model = classifier();
    await expect(use(model)).rejects.toEqual(failure('ERR_LABELS', /4 samples.*\[1, 3\]/));
  });

  test('labels left out are asked for', async () => {
    using model = classifier();
    await expect(model.fit(x)).rejects.toEqual(failure('ERR_LABELS', /need labels/));
  });

  test('strings are refused, in a sentence', async () => {
    using model = classifier();
    await expect(model.predict([['a', 'b']])).rejects.toEqual(failure('ERR_DTYPE', /string/));
    await expect(model.fit([['a', 'b']], [[1, 0, 0]])).rejects.toEqual(failure('ERR_DTYPE', /string/));
    await expect(model.fit(x, Array(4).fill(['a', 'b', 'c']))).rejects.toEqual(failure('ERR_DTYPE', /string/));
  });

  test('whole numbers of any dtype are taken as they are', async () => {
    using model = classifier();
    const [asFloat, asByte, asLong] = [
      await model.predict(x),
      await model.predict(tensor(Uint8Array.from([0, 1, 1, 0, 1, 1, 0, 0]), [4, 2])),
      await model.predict(tensor([0n, 1n, 1n, 0n, 1n, 1n, 0n, 0n], [4, 2])),
    ];
    expect(asByte.array()).toEqual(asFloat.array());
    expect(asLong.array()).toEqual(asFloat.array());
  });

  test('nothing at all is refused', async () => {
    using model = classifier();
    const empty = tensor(new Float32Array(0), [0, 2]);
    await expect(model.predict(empty)).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
    await expect(model.fit(empty, tensor(new Float32Array(0), [0, 3]))).rejects.toMatchObject({
      code: 'ERR_DATA_EMPTY',
    });
  });

  test('after any refusal the model still trains', async () => {
    using model = classifier();
    await model.fit(x, [[1, 0, 0]]).catch(() => {});
    await model.fit(x, Array(4).fill([1, 0, 0, 0, 0])).catch(() => {});
    expect((await model.fit(x, y)).history.loss).toHaveLength(1);
  });
});

describe('one thing at a time', () => {
  test('a second fit, evaluate or step while one runs is refused, and the first goes on', async () => {
    using model = classifier();
    const first = model.fit(x, y, { epochs: 3 });
    const busy = failure('ERR_BUSY', /already training or evaluating; await/);
    await expect(model.fit(x, y)).rejects.toEqual(busy);
    await expect(model.evaluate(x, y)).rejects.toEqual(busy);
    await expect(model.trainOnBatch(x, y)).rejects.toEqual(busy);
    expect((await first).epoch).toEqual([0, 1, 2]);
    await model.evaluate(x, y);
  });

  test('predict may run during fit', async () => {
    using model = classifier();
    const fit = model.fit(x, y, { epochs: 3 });
    expect((await model.predict(x)).shape).toEqual([4, 3]);
    await fit;
  });

  test('a callback may predict, but not train', async () => {
    using model = classifier();
    const shapes: number[][] = [];
    const callback = lambdaCallback({
      onEpochEnd: async () => void shapes.push([...(await model.predict(x)).shape]),
    });
    await model.fit(x, y, { callbacks: [callback] });
    expect(shapes).toEqual([[4, 3]]);
  });
});

describe('after dispose', () => {
  test.each([
    ['fit', (model: Sequential) => model.fit(x, y)],
    ['evaluate', (model: Sequential) => model.evaluate(x, y)],
    ['predict', (model: Sequential) => model.predict(x)],
    ['trainOnBatch', (model: Sequential) => model.trainOnBatch(x, y)],
    ['getWeights', (model: Sequential) => model.getWeights()],
    ['setWeights', (model: Sequential) => model.setWeights([tensor([[1, 2, 3], [4, 5, 6]]), [0, 0, 0]])], // biome-ignore format: one case a line
    ['add', async (model: Sequential) => model.add(layers.dense({ units: 1 }))],
    ['save', (model: Sequential) => model.save('never-written.h5')],
  ])('%s says so', async (_, use) => {
    for (const used of [false, true]) {
      const model = classifier();
      if (used) await model.fit(x, y);
      model.dispose();
      await expect(use(model)).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
      model.dispose();
    }
  });
});

describe('weights', () => {
  test('are read and set in Keras’ order', async () => {
    using model = classifier();
    const kernel = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    await model.setWeights([kernel, [7, 8, 9]]);
    expect((await model.getWeights()).map((w) => w.array())).toEqual([kernel, [7, 8, 9]]);
  });

  test('too few, or of a wrong shape, are refused, and none is set', async () => {
    using model = classifier();
    const before = (await model.getWeights()).map((w) => w.array());
    await expect(model.setWeights([[1]])).rejects.toEqual(failure('ERR_SHAPE', /2 weights, got 1/));
    await expect(
      model.setWeights([
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [1, 2],
      ]),
    ).rejects.toEqual(
      // biome-ignore format: short
      failure('ERR_SHAPE', /head\/bias.*\[3\].*\[2\]/),
    );
    expect((await model.getWeights()).map((w) => w.array())).toEqual(before);
  });

  test('a frozen layer keeps its own while another learns', async () => {
    using model = sequential();
    model.add(layers.dense({ name: 'body', units: 4, inputShape: [2], activation: 'tanh' }));
    model.add(layers.dense({ name: 'head', units: 3, activation: 'softmax' }));
    model.getLayer('body').trainable = false;
    model.compile({ optimizer: 'sgd', loss: 'categoricalCrossentropy' });
    const [body, , head] = (await model.getWeights()).map((w) => w.array());
    await model.fit(x, y, { epochs: 2 });
    const after = (await model.getWeights()).map((w) => w.array());
    expect(after[0]).toEqual(body);
    expect(after[2]).not.toEqual(head);
    expect(model.trainableWeights.map((w) => w.name)).toEqual(['head/kernel', 'head/bias']);
  });
});

describe('single steps', () => {
  test('trainOnBatch tells the loss before its update, testOnBatch the same without one', async () => {
    using model = classifier();
    const tested = await model.testOnBatch(x, y);
    expect(await model.testOnBatch(x, y)).toEqual(tested);
    const trained = await model.trainOnBatch(x, y);
    expect(trained.loss).toBeCloseTo(tested.loss ?? Number.NaN, 5);
    expect((await model.testOnBatch(x, y)).loss).toBeLessThan(tested.loss ?? Number.NaN);
    expect(Object.keys(trained)).toEqual(['accuracy', 'loss']);
  });

  test('weights of 0 make samples count for nothing', async () => {
    using model = classifier();
    expect((await model.testOnBatch(x, y, [0, 0, 0, 0])).loss).toBe(0);
    const [kernel] = (await model.getWeights()).map((w) => w.array());
    await model.trainOnBatch(x, y, [0, 0, 0, 0]);
    expect((await model.getWeights())[0]?.array()).toEqual(kernel);
  });
});
