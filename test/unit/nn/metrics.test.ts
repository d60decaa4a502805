import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { metrics } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

describe('accuracy is of the kind that fits the shapes, named as it was typed', () => {
  test.each([
    ['accuracy', [null, 1], [null, 1], 'BinaryAccuracy'],
    ['acc', [null], [null, 1], 'BinaryAccuracy'],
    ['accuracy', [null, 8], [null, 8], 'CategoricalAccuracy'],
    ['Accuracy', [null], [null, 8], 'SparseCategoricalAccuracy'],
    ['acc', [null, 1], [null, 8], 'SparseCategoricalAccuracy'],
    ['acc', [null, 5], [null, 5, 8], 'SparseCategoricalAccuracy'],
  ])('%s of labels %j and predictions %j', (name, label, prediction, className) => {
    const metric = metrics.resolve(name, { label, prediction });
    expect(metric.className).toBe(className);
    expect(metric.name).toBe(name.toLowerCase());
  });

  test('other names do not depend on shapes', () => {
    const shapes = { label: null, prediction: null };
    expect(metrics.resolve('mse', shapes)).toMatchObject({ className: 'MeanSquaredError', name: 'mse' });
    expect(metrics.resolve('topKCategoricalAccuracy', shapes).name).toBe('top_k_categorical_accuracy');
    const own = new metrics.TopKCategoricalAccuracy({ k: 3, name: 'top3' });
    expect(metrics.resolve(own, shapes)).toBe(own);
  });
});

test('a mean counts batches by their length and weights, and starts over', async () => {
  using program = new Program({ seed: 1 });
  const mean = new metrics.Mean({ name: 'loss' });
  mean.build(program);
  const update = program.function('update', { values: spec('float32', [null]) }, ({ values }) => {
    mean.update(values);
    return {};
  });
  const weighted = program.function('weighted', { value: spec('float32', []), weight: spec('float32', []) }, (x) => {
    mean.update(x.value, x.weight);
    return {};
  });
  const result = program.function('result', {}, () => ({ mean: mean.result() }));
  const reset = program.function('reset', {}, () => {
    mean.reset();
    return {};
  });
  expect((await result({})).mean.array()).toBe(0);
  await update({ values: [1, 2, 3] });
  await weighted({ value: 10, weight: 2 });
  expect((await result({})).mean.array()).toBeCloseTo(26 / 5, 5);
  await reset({});
  await update({ values: [7] });
  expect((await result({})).mean.array()).toBe(7);
});

test.each([
  ['counts as 0 in a mean without weights, as Keras has it', undefined, Math.LN2 / 2],
  ['has no weight where samples have some', [1, 1], Math.LN2],
])('a sample of the ignored class %s', async (_how, weights, mean) => {
  using program = new Program({ seed: 1 });
  const metric = new metrics.SparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 0 });
  metric.build(program);
  const update = program.function('update', {}, () => {
    const labels = ops.constant([1, 0], 'int32');
    metric.update(
      labels,
      ops.constant([
        [3, 3],
        [5, 1],
      ]),
      weights && ops.constant(weights),
    );
  });
  const result = program.function('result', {}, () => metric.result());
  await update({});
  expect((await result({})).array()).toBeCloseTo(mean, 6);
});

test('a mask leaves predictions out', async () => {
  using program = new Program({ seed: 1 });
  const accuracy = new metrics.SparseCategoricalAccuracy();
  accuracy.build(program);
  const run = program.function('run', {}, () => {
    const labels = ops.constant([[0, 1, 1]], 'int32');
    const predictions = ops.constant(
      [
        [
          [1, 0],
          [1, 0],
          [0, 1],
        ],
      ],
      'float32',
    );
    accuracy.update(labels, predictions, undefined, ops.constant([[true, true, false]]));
    return { value: accuracy.result() };
  });
  expect((await run({})).value.array()).toBe(0.5);
});

test('the best of sorted class numbers count', async () => {
  using program = new Program({ seed: 1 });
  const metric = new metrics.SparseTopKCategoricalAccuracy({ k: 2, fromSortedIds: true });
  metric.build(program);
  const run = program.function('run', {}, () => {
    metric.update(
      ops.constant([3, 0], 'int32'),
      ops.constant(
        [
          [1, 3, 0],
          [1, 2, 0],
        ],
        'float32',
      ),
    );
    return { value: metric.result() };
  });
  expect((await run({})).value.array()).toBe(0.5);
});

describe('refusals', () => {
  test('use before build, in a second program, and unknown names', async () => {
    using first = new Program({ seed: 1 });
    using second = new Program({ seed: 1 });
    const metric = new metrics.Mean();
    expect(() => first.function('f', {}, () => ({ value: metric.result() }))).toThrow(/call build\(program\) first/);
    metric.build(first);
    metric.build(first);
    expect(() => metric.build(second)).toThrow(/another program/);
    expect(() => metrics.check('acuracy')).toThrow(/Did you mean 'accuracy'/);
    expect(() => new metrics.BinaryAccuracy({ treshold: 1 } as never)).toThrow(/Did you mean 'threshold'/);
  });

  test('a function cannot be saved, but is a metric', () => {
    const metric = metrics.get((_, yPred) => ops.mean(yPred, -1));
    expect(metric).toBeInstanceOf(metrics.MeanMetricWrapper);
    expect(() => metric.getConfig()).toThrow(/plain function/);
  });
});
