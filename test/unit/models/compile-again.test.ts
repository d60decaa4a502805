import { describe, expect, test } from 'vitest';
import type { Output, Tensor } from '../../../src/index.js';
import * as tf from '../../../src/index.js';
import type { LayerInput } from '../../../src/layers/index.js';
import type { CompileOptions } from '../../../src/training/compiled.js';

const SAMPLES = 12;
const x = tf.tensor(
  Float32Array.from({ length: SAMPLES * 3 }, (_, i) => Math.sin(i)),
  [SAMPLES, 3],
);
const y = tf.tensor(
  Float32Array.from({ length: SAMPLES * 2 }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0)),
  [SAMPLES, 2],
);
const FIT = { batchSize: 4, epochs: 3, shuffle: false } as const;

type Optimizer = NonNullable<CompileOptions['optimizer']>;

function network(): tf.Sequential {
  return tf.sequential([
    tf.layers.dense({ units: 4, activation: 'tanh', inputShape: [3] }),
    tf.layers.dense({ units: 2, activation: 'softmax' }),
  ]);
}

function compile(model: tf.Sequential, optimizer: Optimizer, more: Partial<CompileOptions> = {}): void {
  model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'], ...more });
}

async function losses(model: tf.Sequential): Promise<(number | undefined)[]> {
  return [...((await model.fit(x, y, FIT)).history.loss ?? [])];
}

/** What a model that was never trained makes of these weights. */
async function judge(weights: readonly Tensor[], optimizer: Optimizer): Promise<(number | undefined)[]> {
  using fresh = network();
  compile(fresh, optimizer);
  await fresh.setWeights(weights);
  return await losses(fresh);
}

function close(got: readonly (number | undefined)[], expected: readonly (number | undefined)[]): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
}

const OPTIMIZERS: Record<string, () => Optimizer> = {
  'a name': () => 'adam',
  'a config': () => ({ class_name: 'SGD', config: { learning_rate: 0.1, momentum: 0.9 } }),
  'a new optimizer with momentum': () => tf.optimizers.sgd({ learningRate: 0.1, momentum: 0.9 }),
  'a new optimizer with a state besides its slots': () => tf.optimizers.nadam(0.05),
  'a new optimizer with averages': () => tf.optimizers.adamW({ learningRate: 0.05, useEma: true }),
  'a new optimizer that scales the loss': () =>
    new tf.optimizers.LossScaleOptimizer({ innerOptimizer: tf.optimizers.adam(0.05) }),
  'a schedule': () =>
    tf.optimizers.adam({
      learningRate: new tf.optimizers.schedules.ExponentialDecay({
        initialLearningRate: 0.1,
        decaySteps: 2,
        decayRate: 0.5,
      }),
    }),
};

describe('compile again, alike', () => {
  test.each(Object.entries(OPTIMIZERS))('%s: keeps the steps and the weights, and no state', async (_, optimizer) => {
    using model = network();
    compile(model, optimizer());
    await losses(model);
    const { trainer } = model;
    for (const _time of ['second', 'third']) {
      const weights = await model.getWeights();
      compile(model, optimizer());
      close(await losses(model), await judge(weights, optimizer()));
      expect(model.trainer).toBe(trainer);
    }
  });

  test('the same optimizer goes on with its state', async () => {
    using one = network();
    using other = network();
    const [first, second] = [tf.optimizers.adam(0.05), tf.optimizers.adam(0.05)];
    compile(one, first);
    compile(other, second);
    await other.setWeights(await one.getWeights());
    await losses(one);
    await losses(other);
    compile(one, first);
    close(await losses(one), await losses(other));
    expect((await first.iterations.value()).dataSync()[0]).toBe(18n);
  });

  test('an optimizer that comes back has what it left', async () => {
    using model = network();
    const [first, second] = [tf.optimizers.adam(0.05), tf.optimizers.adam(0.05)];
    const state = () => Promise.all(first.weights.map(async ({ variable }) => (await variable.value()).array()));
    compile(model, first);
    await losses(model);
    const left = await state();
    compile(model, second);
    await losses(model);
    expect(() => first.iterations).toThrow(expect.objectContaining({ code: 'ERR_NOT_BUILT' }));
    compile(model, first);
    await model.evaluate(x, y);
    expect(await state()).toEqual(left);
  });

  test('an optimizer that comes back to other steps has what it left', async () => {
    using model = network();
    const [first, second] = [tf.optimizers.adam(0.05), tf.optimizers.adam(0.05)];
    compile(model, first);
    await losses(model);
    compile(model, second);
    await losses(model);
    compile(model, first, { loss: 'mse' });
    await losses(model);
    expect((await first.iterations.value()).dataSync()[0]).toBe(18n);
  });

  test('a callback sets the learning rate of the new optimizer', async () => {
    using model = network();
    compile(model, tf.optimizers.adam(0.05));
    await losses(model);
    compile(model, tf.optimizers.adam(0.05));
    await model.fit(x, y, { ...FIT, callbacks: [tf.callbacks.learningRateScheduler({ schedule: () => 0.25 })] });
    expect((await model.optimizer.learningRate.value()).dataSync()[0]).toBe(0.25);
  });

  test('precision that stays is no change', async () => {
    using model = network();
    compile(model, 'adam', { precision: 'mixed_bfloat16' });
    await losses(model);
    const { trainer } = model;
    compile(model, 'adam', { precision: 'mixed_bfloat16' });
    expect(model.trainer).toBe(trainer);
  });
});

describe('compile again, otherwise', () => {
  test.each<[string, Optimizer, Partial<CompileOptions>, (model: tf.Sequential) => void]>([
    ['another loss', 'adam', { loss: 'mse' }, () => {}],
    ['a loss with options', 'adam', { loss: tf.losses.get('huber') }, () => {}],
    ['other metrics', 'adam', { metrics: ['mse'] }, () => {}],
    ['another learning rate', tf.optimizers.adam(0.5), {}, () => {}],
    ['another precision', 'adam', { precision: 'mixed_bfloat16' }, () => {}],
    ['a compiled step', 'adam', { jitCompile: true }, () => {}],
    ['a frozen layer', 'adam', {}, (model) => Object.assign(model.getLayer(0), { trainable: false })],
  ])('%s makes other steps', async (_, optimizer, more, change) => {
    using model = network();
    compile(model, 'adam');
    await losses(model);
    const { trainer } = model;
    change(model);
    compile(model, optimizer, more);
    expect(model.trainer).not.toBe(trainer);
  });

  test('weights that are exempt from decay make other steps', async () => {
    using model = network();
    compile(model, tf.optimizers.adamW(0.05));
    await losses(model);
    const { trainer } = model;
    const next = tf.optimizers.adamW(0.05);
    next.excludeFromWeightDecay({ names: ['bias'] });
    compile(model, next);
    expect(model.trainer).not.toBe(trainer);
  });

  test('a loss of one’s own is traced again, with what it sees then', async () => {
    using model = network();
    let factor = 1;
    const loss = (yTrue: Output, yPred: Output) =>
      tf.ops.mul(tf.ops.mean(tf.ops.square(tf.ops.sub(yTrue, yPred)), -1), factor);
    compile(model, 'sgd', { loss });
    const before = (await model.evaluate(x, y)).loss ?? Number.NaN;
    factor = 2;
    compile(model, 'sgd', { loss });
    expect((await model.evaluate(x, y)).loss).toBeCloseTo(2 * before, 5);
  });

  test('a layer of one’s own is traced again, with what it is then', async () => {
    class Scale extends tf.Layer {
      static override readonly className = 'Scale';
      factor = 1;
      override call(input: LayerInput): Output {
        return tf.ops.mul(input as Output, this.factor);
      }
    }
    const scale = new Scale();
    using model = tf.sequential([tf.layers.dense({ units: 2, inputShape: [3] }), scale]);
    compile(model, 'sgd', { loss: 'meanAbsoluteError' });
    const zeros = tf.tensor(new Float32Array(SAMPLES * 2), [SAMPLES, 2]);
    const before = (await model.evaluate(x, zeros)).loss ?? Number.NaN;
    scale.factor = 3;
    compile(model, 'sgd', { loss: 'meanAbsoluteError' });
    expect((await model.evaluate(x, zeros)).loss).toBeCloseTo(3 * before, 5);
  });
});
