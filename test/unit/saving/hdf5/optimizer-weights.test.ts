import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readKerasH5 } from '../../../../src/saving/hdf5/keras-h5.js';
import { matchOptimizerWeights, optimizerWeightNames } from '../../../../src/saving/hdf5/optimizer-weights.js';

const models = resolve('../shared/fixtures/models');
const golden = resolve('test/golden/saving');
const LAYERS = ['conv1', 'conv2', 'conv3', 'conv4', 'fc1', 'fc2', 'output'];
const CHAPTER = LAYERS.flatMap((layer) => ['kernel', 'bias'].map((name) => ({ layer, name })));
const TWO = [
  { layer: 'a', name: 'kernel' },
  { layer: 'a', name: 'bias' },
];
const names = (...args: Parameters<typeof optimizerWeightNames>) =>
  optimizerWeightNames(...args).map(({ name }) => name);

describe('optimizerWeightNames', () => {
  test.each([
    ['keras3', 'cifar_model.h5', 'adam'],
    ['keras2', 'cifar_model_k2.h5', 'Adam'],
  ] as const)('gives the names that %s wrote into %s', async (dialect, file, optimizer) => {
    const { optimizerWeights } = await readKerasH5(resolve(models, file));
    expect(names(dialect, optimizer, 'cifar_cnn', CHAPTER, ['momentum', 'velocity'])).toEqual(
      optimizerWeights.map(({ name }) => name),
    );
  });

  // Taken from files that Keras 3.15 and tf-keras 2.21 wrote.
  test('RMSprop comes slot by slot, with its own words in both dialects', () => {
    const slots = ['velocity', 'momentum', 'average_gradient'];
    expect(names('keras3', 'rm_sprop', 'seq', TWO, slots).slice(2)).toEqual([
      'rm_sprop/seq_a_kernel_velocity',
      'rm_sprop/seq_a_bias_velocity',
      'rm_sprop/seq_a_kernel_momentum',
      'rm_sprop/seq_a_bias_momentum',
      'rm_sprop/seq_a_kernel_average_gradient',
      'rm_sprop/seq_a_bias_average_gradient',
    ]);
    expect(names('keras2', 'RMSprop', 'seq', TWO, slots)[1]).toBe('RMSprop/velocity/a/kernel:0');
  });

  test('Adam with amsgrad and averages: averages first, pairs, then the maxima', () => {
    expect(names('keras3', 'adam', '', TWO, ['average', 'momentum', 'velocity', 'velocity_hat'])).toEqual([
      'adam/iteration',
      'adam/learning_rate',
      'adam/a_kernel_average',
      'adam/a_bias_average',
      'adam/a_kernel_momentum',
      'adam/a_kernel_velocity',
      'adam/a_bias_momentum',
      'adam/a_bias_velocity',
      'adam/a_kernel_velocity_hat',
      'adam/a_bias_velocity_hat',
    ]);
    expect(names('keras2', 'Adam', '', TWO, ['momentum', 'velocity', 'velocity_hat']).at(-1)).toBe(
      'Adam/vhat/a/bias:0',
    );
  });

  test('SGD has its momentum, or nothing but counters', () => {
    expect(names('keras2', 'SGD', '', TWO, ['momentum'])).toEqual([
      'iteration:0',
      'SGD/m/a/kernel:0',
      'SGD/m/a/bias:0',
    ]);
    expect(names('keras3', 'sgd', '', TWO, [])).toEqual(['sgd/iteration', 'sgd/learning_rate']);
  });
});

describe('matchOptimizerWeights', () => {
  test.each(['small-keras2.h5', 'small-keras3.h5', 'small-legacy-adam.h5'])(
    'finds both slots of every variable in %s',
    async (file) => {
      const { optimizerWeights } = await readKerasH5(resolve(golden, file));
      const found = matchOptimizerWeights(optimizerWeights, 6, ['momentum', 'velocity']);
      const shapes = [[4, 3], [3], [3], [3], [3, 2], [2]];
      expect(found?.get('momentum')?.map(({ shape }) => shape)).toEqual(shapes);
      expect(found?.get('velocity')?.map(({ shape }) => shape)).toEqual(shapes);
      expect(found?.get('momentum')?.every(({ name }) => !/(\/v\/|\/v:|velocity)/.test(name))).toBe(true);
      expect(found?.get('iteration')?.[0]?.data).toEqual(BigInt64Array.of(2n));
    },
  );

  test('is undefined where the file has no state, or less than is wanted', async () => {
    const { optimizerWeights } = await readKerasH5(resolve(golden, 'small-keras2.h5'));
    expect(matchOptimizerWeights([], 6, ['momentum'])).toBeUndefined();
    expect(matchOptimizerWeights(optimizerWeights, 7, ['momentum', 'velocity'])).toBeUndefined();
    const legacy = await readKerasH5(resolve(golden, 'small-legacy-adam.h5'));
    expect(matchOptimizerWeights(legacy.optimizerWeights, 6, ['momentum', 'velocity', 'velocity_hat'])).toBeUndefined();
  });
});
