import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as tf from '../../../../src/index.js';

const TABLE = { age: [20, 30, 40, 50], city: ['Graz', 'Linz', 'Graz', 'Wien'] };

async function adaptedSpace() {
  const space = tf.featureSpace({ features: { age: 'floatNormalized', city: 'stringCategorical' } });
  await space.adapt(TABLE);
  return space;
}

test('a model that begins with encoded features learns, and comes back from its file with the same scores', async () => {
  const space = await adaptedSpace();
  const score = tf.layers.dense({ units: 1, kernelInitializer: 'zeros' }).apply(space.getEncodedFeatures());
  const net = tf.model({ inputs: space.getInputs(), outputs: score });
  net.compile({ loss: 'mse', optimizer: tf.optimizers.sgd(0.1) });
  const x = { age: tf.tensor(TABLE.age.map((v) => [v])), city: tf.tensor(TABLE.city.map((v) => [v])) };
  const y = tf.tensor([[1], [2], [3], [4]]);
  const { history } = await net.fit(x, y, { epochs: 20, batchSize: 4, verbose: 0 });
  expect(history.loss?.at(-1)).toBeLessThan((history.loss?.[0] ?? 0) / 5);

  const folder = await mkdtemp(join(tmpdir(), 'feature-space-'));
  try {
    const path = join(folder, 'table.keras');
    await net.save(path);
    const again = await tf.loadModel(path);
    const before = (await net.predict(x)) as tf.Tensor;
    const after = (await again.predict(x)) as tf.Tensor;
    expect(after.array()).toEqual(before.array());
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.each([
  ['no features', () => tf.featureSpace({ features: {} }), 'ERR_ARGUMENT', /give it features/],
  [
    'an unknown kind',
    () => tf.featureSpace({ features: { age: 'floatNormalised' } }),
    'ERR_UNKNOWN_NAME',
    /'age'.*float_?[nN]ormalized/,
  ],
  [
    'a cross with an unknown feature',
    () => tf.featureSpace({ features: { age: 'float', city: 'stringHashed' }, crosses: [['age', 'town']] }),
    'ERR_UNKNOWN_NAME',
    /'town'.*city/,
  ],
  [
    'use before adapt',
    () => tf.featureSpace({ features: { age: 'floatNormalized' } }).getEncodedFeatures(),
    'ERR_NOT_BUILT',
    /'age'.*adapt/,
  ],
  [
    'an unknown outputMode',
    () => tf.featureSpace({ features: { age: 'float' }, outputMode: 'list' as 'dict' }),
    'ERR_UNKNOWN_NAME',
    /dict/,
  ],
] as const)('%s is refused', (_what, make, code, message) => {
  expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('a column that is missing, of nobody or of another dtype is named', async () => {
  const space = await adaptedSpace();
  await expect(space.adapt({ age: [1, 2] })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringContaining("'city'"),
  });
  await expect(space.encode({ age: 3, town: 'Graz' })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
  await expect(space.encode({ age: 3 })).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringContaining("'city'"),
  });
  await expect(space.encode({ age: tf.tensor(['x']), city: 'Graz' })).rejects.toMatchObject({ code: 'ERR_DTYPE' });
});
