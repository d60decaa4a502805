import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { initializers, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

const { lossScaleOptimizer, sgd } = optimizers;

test('the loss is scaled and the gradients are not; a step that is not finite changes nothing but the scale', async () => {
  using program = new Program({ seed: 1 });
  const optimizer = lossScaleOptimizer({ innerOptimizer: sgd(0.5), initialScale: 8, dynamicGrowthSteps: 2 });
  const w = program.variable('w', { shape: [2], initializer: initializers.ones() });
  const step = program.function('step', { x: spec('float32', [2]) }, ({ x }) => {
    const loss = ops.sum(ops.mul(w.read(), x));
    optimizer.minimize(loss, [w]);
    return { scaled: optimizer.scaleLoss(loss) };
  });
  const state = async () => ({
    w: (await w.value()).array(),
    scale: (await optimizer.dynamicScale.value()).array(),
    iterations: Number((await optimizer.iterations.value()).array()),
  });
  await step({ x: [1, 2] });
  expect(await state()).toEqual({ w: [0.5, 0], scale: 8, iterations: 1 });
  await step({ x: [Number.NaN, 0] });
  expect(await state()).toEqual({ w: [0.5, 0], scale: 4, iterations: 1 });
  await step({ x: [1, 0] });
  await step({ x: [1, 0] });
  expect(await state()).toEqual({ w: [-0.5, 0], scale: 8, iterations: 3 });
  await optimizer.learningRate.assign(0);
  await step({ x: [1, 0] });
  expect((await state()).w).toEqual([-0.5, 0]);
});

test('a config holds the inner optimizer; older ones with options of every optimizer are read', () => {
  const optimizer = lossScaleOptimizer({ innerOptimizer: optimizers.adam({ clipnorm: 1 }) });
  const config = optimizer.getConfig();
  expect(config).toMatchObject({
    name: 'loss_scale_optimizer',
    initial_scale: 32768,
    dynamic_growth_steps: 2000,
    inner_optimizer: { class_name: 'Adam', config: { clipnorm: 1 } },
  });
  const older = { ...config, learning_rate: 0, weight_decay: null, use_ema: false, dynamic: true };
  const read = optimizers.get({ class_name: 'LossScaleOptimizer', config: older });
  expect(read.getConfig()).toEqual(config);
});

test('refuses an inner optimizer that scales too, none at all, and options that belong to it', () => {
  const failure = (message: RegExp) => expect.objectContaining({ message: expect.stringMatching(message) });
  const scaling = optimizers.adam({ lossScaleFactor: 2 });
  expect(() => lossScaleOptimizer({ innerOptimizer: scaling })).toThrow(failure(/lossScaleFactor of its own/));
  expect(() => lossScaleOptimizer({} as never)).toThrow(failure(/'innerOptimizer' must be given/));
  expect(() => lossScaleOptimizer({ innerOptimizer: 'adam' as never })).toThrow(failure(/must be an optimizer/));
  expect(() => lossScaleOptimizer({ innerOptimizer: sgd(), clipnorm: 1 } as never)).toThrow(failure(/clipnorm/));
  expect(() => lossScaleOptimizer({ innerOptimizer: sgd(), dynamicGrowthSteps: 0 })).toThrow(failure(/got 0/));
  expect(() => lossScaleOptimizer({ innerOptimizer: sgd() }).dynamicScale).toThrow(failure(/no variables yet/));
});
