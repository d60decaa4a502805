import { describe, expect, test } from 'vitest';
import { Dcgan } from '../../../examples/dcgan/dcgan.js';
import { discriminatorOf, generatorOf, LATENT } from '../../../examples/dcgan/networks.js';
import * as tf from '../../../src/index.js';

const kinds = (model: tf.Model) => model.layers.map((layer) => (layer.constructor as typeof tf.Layer).className);

describe.each([
  ['MNIST', 28, 1],
  ['CIFAR-10', 32, 3],
])('the networks for %s', (_, side, channels) => {
  test('lead from noise to a picture and from a picture to one logit', () => {
    using program = new tf.Program({ seed: 1 });
    const [generator, discriminator] = [generatorOf({ side, channels }), discriminatorOf()];
    generator.build(program, [null, LATENT]);
    discriminator.build(program, [null, side, side, channels]);
    expect(generator.outputShape).toEqual([null, side, side, channels]);
    expect(discriminator.outputShape).toEqual([null, 1]);
  });

  test('follow the guidelines: strides in place of pooling, batch normalisation in both, nothing fully connected', () => {
    const [generator, discriminator] = [kinds(generatorOf({ side, channels })), kinds(discriminatorOf())];
    expect(new Set(generator)).toEqual(new Set(['Reshape', 'Conv2DTranspose', 'BatchNormalization', 'Activation']));
    expect(new Set(discriminator)).toEqual(new Set(['Conv2D', 'BatchNormalization', 'LeakyReLU', 'Flatten']));
  });
});

describe('a step', () => {
  const pictures = () =>
    tf.tensor(
      new Uint8Array(8 * 28 * 28).map((_, i) => (i % 5) * 50),
      [8, 28, 28, 1],
    );
  const options = { seed: 3, batchSize: 4, samples: 2 };

  test('changes every weight of both networks', async () => {
    using data = pictures();
    using gan = new Dcgan(data, options);
    const weights = [...gan.generator.weights, ...gan.discriminator.weights];
    const before = await gan.program.values(weights);
    await gan.startEpoch(0);
    const { discriminator, generator } = await gan.step();
    expect(discriminator).toBeGreaterThan(0);
    expect(generator).toBeGreaterThan(0);
    const after = await gan.program.values(weights);
    for (const [i, weight] of weights.entries()) {
      expect(after[i]?.array(), weight.name).not.toEqual(before[i]?.array());
    }
  });

  test('moves neither network by more than the learning rate: each is updated once, by its own optimizer', async () => {
    using data = pictures();
    using gan = new Dcgan(data, options);
    const weights = [...gan.generator.trainableWeights, ...gan.discriminator.trainableWeights];
    const before = await gan.program.values(weights);
    await gan.startEpoch(0);
    await gan.step();
    const after = await gan.program.values(weights);
    for (const [i, weight] of weights.entries()) {
      const [from, to] = [before[i]?.dataSync() as Float32Array, after[i]?.dataSync() as Float32Array];
      // Adam's first step is of the learning rate's size in every direction.
      const most = from.reduce((max, value, j) => Math.max(max, Math.abs((to[j] ?? 0) - value)), 0);
      expect(most, weight.name).toBeLessThan(2.01e-4);
    }
  });

  test('leaves the noise of the samples as it is', async () => {
    using data = pictures();
    using gan = new Dcgan(data, options);
    using first = await gan.sample();
    using second = await gan.sample();
    expect(first.shape).toEqual([2, 28, 28, 1]);
    expect(second.array()).toEqual(first.array());
  });
});
