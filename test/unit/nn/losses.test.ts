import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { losses } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';
import { compute, opsOf } from './running.js';

const f32 = (value: number | number[] | number[][] | number[][][]) => ops.constant(value, 'float32');

describe('fused cross-entropy', () => {
  const shapes = [
    [4, 3],
    [4, 3],
  ];

  test('a softmax right before is looked through', () => {
    const loss = new losses.CategoricalCrossentropy();
    const types = opsOf(shapes, (y, x) => loss.call(y as never, ops.identity(ops.softmax(x as never))));
    expect(types).toContain('SoftmaxCrossEntropyWithLogits');
    expect(types).not.toContain('Log');
  });

  test('probabilities from elsewhere are not', () => {
    const loss = new losses.CategoricalCrossentropy();
    const types = opsOf(shapes, (y, x) => loss.call(y as never, ops.mul(ops.softmax(x as never), 1)));
    expect(types).not.toContain('SoftmaxCrossEntropyWithLogits');
  });

  test('a prediction that is surely wrong costs what its logits say', async () => {
    const logits = () => f32([[200, 0]]);
    const labels = () => f32([[0, 1]]);
    expect(await compute(() => losses.categoricalCrossentropy(labels(), ops.softmax(logits())))).toEqual([200]);
    const sparse = () => losses.sparseCategoricalCrossentropy(ops.constant([1], 'int32'), ops.softmax(logits()));
    expect(await compute(sparse)).toEqual([200]);
    const binary = () => losses.binaryCrossentropy(f32([[0]]), ops.sigmoid(f32([[200]])));
    expect(await compute(binary)).toEqual([200]);
  });

  test('more axes than two, and classes on another axis', async () => {
    const p = [
      [
        [0.5, 0.25, 0.25],
        [0.2, 0.2, 0.6],
      ],
    ];
    const logits = () => ops.log(f32(p));
    const oneHot = [
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    ];
    const expected = [[-Math.log(0.25), -Math.log(0.6)]];
    const close = (got: unknown) =>
      (got as number[][])[0]?.forEach((v, i) => void expect(v).toBeCloseTo(expected[0]?.[i] as number, 5));
    close(await compute(() => losses.categoricalCrossentropy(f32(oneHot), logits(), { fromLogits: true })));
    close(
      await compute(() =>
        losses.categoricalCrossentropy(ops.transpose(f32(oneHot), [0, 2, 1]), ops.transpose(logits(), [0, 2, 1]), {
          fromLogits: true,
          axis: 1,
        }),
      ),
    );
    const classes = () => ops.constant([[1, 2]], 'int32');
    close(await compute(() => losses.sparseCategoricalCrossentropy(classes(), logits(), { fromLogits: true })));
  });
});

describe('reduction', () => {
  const loss = (reduction: string) => new losses.MeanSquaredError({ reduction });
  const labels = () => f32([[0], [0], [0], [0]]);
  const predictions = () => f32([[1], [2], [3], [4]]);

  test.each([
    ['sumOverBatchSize', 7.5, 6.5],
    ['mean', 7.5, 6.5],
    ['sum', 30, 26],
    ['mean_with_sample_weight', 7.5, 26 / 3],
    ['none', [1, 4, 9, 16], [1, 0, 9, 16]],
  ])('%s', async (reduction, plain, weighted) => {
    expect(await compute(() => loss(reduction).call(labels(), predictions()))).toEqual(plain);
    const got = await compute(() => loss(reduction).call(labels(), predictions(), f32([1, 0, 1, 1])));
    if (typeof weighted === 'number') expect(got).toBeCloseTo(weighted, 5);
    else expect(got).toEqual(weighted);
  });

  test('a mask leaves out, and the mean is over what counts', async () => {
    const mask = () => ops.constant([true, false, true, true]);
    expect(await compute(() => loss('mean').call(labels(), predictions(), undefined, mask()))).toBeCloseTo(26 / 3, 5);
    expect(await compute(() => loss('sum').call(labels(), predictions(), f32([1, 1, 2, 0]), mask()))).toBe(19);
  });

  test('a missing or surplus last axis of labels is made good', async () => {
    expect(await compute(() => loss('mean').call(f32([0, 0]), f32([[1], [3]])))).toBe(5);
    expect(await compute(() => loss('mean').call(f32([[0], [0]]), f32([1, 3])))).toBe(5);
  });

  test('an empty batch costs nothing', async () => {
    using program = new Program({ seed: 1 });
    const run = program.function(
      'run',
      { y: spec('float32', [null, 2]), x: spec('float32', [null, 2]) },
      ({ y, x }) => ({
        loss: loss('mean').call(y, x),
      }),
    );
    const none = new Float32Array(0);
    const { tensor } = await import('../../../src/core/tensor.js');
    const feeds = { y: tensor(none, [0, 2]), x: tensor(none, [0, 2]) };
    expect((await run(feeds)).loss.array()).toBe(0);
  });
});

describe('lookup', () => {
  test.each([
    ['mse', 'MeanSquaredError'],
    ['MAE', 'MeanAbsoluteError'],
    ['categorical_crossentropy', 'CategoricalCrossentropy'],
    ['categoricalCrossentropy', 'CategoricalCrossentropy'],
    ['SparseCategoricalCrossentropy', 'SparseCategoricalCrossentropy'],
    ['kullback_leibler_divergence', 'KLDivergence'],
  ])('%s', (name, className) => expect(losses.get(name).className).toBe(className));

  test('a function is a loss', async () => {
    const distance = (a: Parameters<typeof losses.poisson>[0], b: typeof a) => ops.mean(ops.abs(ops.sub(a, b)), -1);
    const loss = losses.get(distance);
    expect(loss.name).toBe('distance');
    expect(await compute(() => loss.call(f32([[1, 2]]), f32([[0, 4]])))).toBe(1.5);
    expect(() => loss.getConfig()).toThrow(/plain function/);
  });

  test('a class of one’s own is read from files once it is registered', () => {
    class Nothing extends losses.Loss {
      static override readonly className = 'Nothing';
      static override readonly defaults = losses.lossDefaults('nothing');
      override perSample = (_: unknown, yPred: Parameters<typeof losses.poisson>[0]) => ops.zerosLike(yPred);
    }
    losses.register(Nothing);
    expect(losses.deserialize(losses.serialize(new Nothing()))).toBeInstanceOf(Nothing);
  });

  test('Keras 2 files are understood', () => {
    const config = { reduction: 'auto', name: 'mean_squared_error' };
    expect(losses.deserialize({ class_name: 'MeanSquaredError', config }).reduction).toBe('sum_over_batch_size');
    expect(losses.get({ class_name: 'function', config: 'mse' } as never).className).toBe('MeanSquaredError');
  });
});

describe('refusals', () => {
  test.each([
    ['an unknown name', () => losses.get('categoricalCrosentropy'), /Did you mean 'categoricalCrossentropy'/],
    [
      'an unknown option',
      () => new losses.Huber({ dleta: 1 } as never),
      /Unknown option of Huber 'dleta'. Did you mean 'delta'/,
    ],
    ['an unknown reduction', () => new losses.Huber({ reduction: 'men' }), /Did you mean 'mean'/],
    ['a q out of range', () => new losses.CategoricalGeneralizedCrossEntropy({ q: 1 }), /between 0 and 1/],
    ['something else', () => losses.get(3 as never), /must be a name/],
  ])('%s', (_, act, message) => expect(act).toThrow(message));

  test('class numbers where one-hot labels belong, and the other way round', async () => {
    const probabilities = () =>
      f32([
        [0.5, 0.5],
        [0.5, 0.5],
      ]);
    const categorical = () => losses.categoricalCrossentropy(ops.constant([0, 1], 'int32'), probabilities());
    await expect(compute(categorical)).rejects.toThrow(/use sparseCategoricalCrossentropy/);
    const sparse = () =>
      losses.sparseCategoricalCrossentropy(
        f32([
          [1, 0],
          [0, 1],
        ]),
        probabilities(),
      );
    await expect(compute(sparse)).rejects.toThrow(/use categoricalCrossentropy/);
    const binary = () => losses.binaryCrossentropy(f32([1, 0]), probabilities());
    await expect(compute(binary)).rejects.toThrow(/must have one shape/);
  });
});
