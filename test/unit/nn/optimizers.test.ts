import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import type { Variable } from '../../../src/core/variable.js';
import { initializers, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

type Optimizer = ReturnType<typeof optimizers.get>;

/** A bowl whose lowest point is (1, −2). */
function bowl(w: Variable) {
  return ops.sum(ops.squaredDifference(w.read(), ops.constant([1, -2], 'float32')));
}

async function descend(optimizer: Optimizer, steps: number): Promise<{ losses: number[]; w: number[] }> {
  using program = new Program({ seed: 1 });
  const w = program.variable('w', { shape: [2], initializer: initializers.constant({ value: 0.5 }) });
  const step = program.function('step', {}, () => {
    const loss = bowl(w);
    optimizer.minimize(loss, [w]);
    return { loss };
  });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await step({})).loss.array() as number);
  return { losses, w: (await w.value()).array() as number[] };
}

// An optimizer around another one has tests of its own.
const names = optimizers.names().filter((name) => name !== 'lossScaleOptimizer');

describe('every optimizer learns, and does not with a learning rate of 0', () => {
  test.each(names)('%s', async (name) => {
    const cls = optimizers.get(name).className;
    const make = (learningRate: number) =>
      optimizers.deserialize({ class_name: cls, config: { learning_rate: learningRate } });
    const rate = name === 'adadelta' ? 50 : 0.05;
    const { losses } = await descend(make(rate), 25);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.9);
    if (name === 'ftrl') return; // The leader has no step to take at rate 0: it divides by it, as in Keras.
    const still = await descend(make(0), 5);
    expect(still.losses.at(-1)).toBeCloseTo(still.losses[0] as number, 5);
  });
});

test('a step of Adam has one update per variable, and its powers once', () => {
  using program = new Program({ seed: 1 });
  const make = (name: string) => program.variable(name, { shape: [2], initializer: initializers.ones() });
  const variables = ['a', 'b', 'c'].map(make);
  const before = program.graph.operations().length;
  program.trace('step', {}, () => {
    optimizers.adam().minimize(
      variables.map(bowl).reduce((sum, loss) => ops.add(sum, loss)),
      variables,
    );
    return {};
  });
  const types = program.graph
    .operations()
    .slice(before)
    .map(({ type }) => type);
  expect(types.filter((type) => type === 'ResourceApplyAdam')).toHaveLength(3);
  // Of beta1 and beta2, and two for the scale that undoes the op's rounding.
  expect(types.filter((type) => type === 'Pow')).toHaveLength(4);
});

test('gradient accumulation gives the steps of averaged gradients', async () => {
  const plain = await descend(optimizers.adam({ learningRate: 0.1 }), 3);
  const gathered = await descend(optimizers.adam({ learningRate: 0.1, gradientAccumulationSteps: 4 }), 12);
  expect(gathered.losses[3]).toBe(gathered.losses[0]);
  expect(gathered.losses[4]).not.toBe(gathered.losses[0]);
  for (const [i, value] of gathered.w.entries()) expect(value).toBeCloseTo(plain.w[i] as number, 5);
});

test('weights excluded from decay do not decay', async () => {
  using program = new Program({ seed: 1 });
  const make = (name: string) => program.variable(name, { shape: [], initializer: initializers.ones() });
  const [kernel, bias] = [make('kernel'), make('bias')];
  const optimizer = optimizers.sgd({ learningRate: 0.1, weightDecay: 0.5 });
  optimizer.excludeFromWeightDecay({ names: ['bias'] });
  const step = program.function('step', {}, () => {
    optimizer.apply([ops.constant(0, 'float32'), ops.constant(0, 'float32')], [kernel, bias]);
    return {};
  });
  await step({});
  expect((await kernel.value()).array()).toBeCloseTo(0.95, 6);
  expect((await bias.value()).array()).toBe(1);
});

test('the learning rate can be set between steps', async () => {
  using program = new Program({ seed: 1 });
  const w = program.variable('w', { shape: [2], initializer: initializers.zeros() });
  const optimizer = optimizers.sgd(0.25);
  const step = program.function('step', {}, () => {
    optimizer.minimize(bowl(w), [w]);
    return {};
  });
  await step({});
  await optimizer.learningRate.assign(0);
  await step({});
  expect((await w.value()).array()).toEqual([0.5, -1]);
  expect((await optimizer.iterations.value()).array()).toEqual(2n);
});

test('a scaled loss gives the same steps', async () => {
  const plain = await descend(optimizers.sgd({ learningRate: 0.1 }), 3);
  const scaled = await descend(optimizers.sgd({ learningRate: 0.1, lossScaleFactor: 1024 }), 3);
  expect(scaled.w).toEqual(plain.w);
});

test('variables of other dtypes are updated in theirs', async () => {
  using program = new Program({ seed: 1 });
  const w = program.variable('w', { shape: [1], dtype: 'float64', initializer: initializers.ones() });
  const step = program.function('step', {}, () => {
    optimizers.adam(0.5).minimize(ops.sum(ops.square(w.read())), [w]);
    return {};
  });
  await step({});
  expect((await w.value()).array()).toEqual([expect.closeTo(0.5, 5)]);
});

describe('state', () => {
  test('is named and ordered as in Keras’ files', () => {
    using program = new Program({ seed: 1 });
    const make = (name: string) => program.variable(name, { shape: [2], initializer: initializers.zeros() });
    const optimizer = optimizers.adam({ amsgrad: true, useEma: true });
    const variables = [make('conv1/kernel'), make('conv1/bias')];
    optimizer.build(program, variables);
    expect(optimizer.weights.map(({ name }) => name)).toEqual([
      'adam/iteration',
      'adam/learning_rate',
      'adam/conv1_kernel_average',
      'adam/conv1_bias_average',
      'adam/conv1_kernel_momentum',
      'adam/conv1_kernel_velocity',
      'adam/conv1_bias_momentum',
      'adam/conv1_bias_velocity',
      'adam/conv1_kernel_velocity_hat',
      'adam/conv1_bias_velocity_hat',
    ]);
    expect(optimizer.slotNames).toEqual(['average', 'momentum', 'velocity', 'velocity_hat']);
    expect(optimizer.stateOf('velocity', variables[1])?.name).toBe('adam/conv1_bias_velocity');
    expect(optimizer.stateOf('iteration')).toBe(optimizer.iterations);
    expect(optimizer.stateOf('nothing', variables[0])).toBeUndefined();
  });

  test('RMSprop keeps the library’s scratch to itself', () => {
    using program = new Program({ seed: 1 });
    const optimizer = optimizers.rmsprop();
    optimizer.build(program, [program.variable('w', { shape: [2], initializer: initializers.zeros() })]);
    expect(optimizer.slotNames).toEqual(['velocity']);
    expect(optimizer.weights).toHaveLength(3);
  });
});

describe('configs', () => {
  test('a schedule goes along', () => {
    const schedule = new optimizers.schedules.ExponentialDecay({
      initialLearningRate: 0.1,
      decaySteps: 10,
      decayRate: 0.5,
    });
    const config = optimizers.serialize(optimizers.sgd({ learningRate: schedule }));
    expect(config.config).toMatchObject({
      learning_rate: { module: 'keras.optimizers.schedules', class_name: 'ExponentialDecay' },
    });
    expect(optimizers.serialize(optimizers.deserialize(config))).toEqual(config);
  });

  test('Keras 2’s extra keys are passed over', () => {
    const config = { name: 'Adam', learning_rate: 0.01, jit_compile: false, is_legacy_optimizer: false, decay: 0 };
    expect(optimizers.deserialize({ class_name: 'Adam', config }).name).toBe('Adam');
  });
});

describe('refusals', () => {
  test.each([
    ['an unknown name', () => optimizers.get('adm'), /Did you mean 'adam'/],
    ['an unknown option', () => optimizers.adam({ beta3: 1 } as never), /Unknown option of Adam 'beta3'/],
    ['two kinds of clipping', () => optimizers.adam({ clipnorm: 1, clipvalue: 1 }), /only one of clipnorm/],
    ['a momentum out of range', () => optimizers.sgd({ momentum: 2 }), /between 0 and 1, got 2/],
    ['a learning rate that is none', () => optimizers.sgd(Number.NaN), /learningRate must be a number/],
    ['one step of accumulation', () => optimizers.sgd({ gradientAccumulationSteps: 1 }), /2 or more, got 1/],
    [
      'a schedule without steps',
      () => new optimizers.schedules.CosineDecay({ initialLearningRate: 1 } as never),
      /option 'decaySteps' must be given/,
    ],
    [
      'a schedule of no steps',
      () => new optimizers.schedules.CosineDecay({ initialLearningRate: 1, decaySteps: 0 }),
      /above 0/,
    ],
  ])('%s', (_, act, message) => expect(act).toThrow(message));

  test('a loss that depends on none of the variables names both', () => {
    using program = new Program({ seed: 1 });
    const w = program.variable('layer/kernel', { shape: [], initializer: initializers.zeros() });
    const build = () =>
      program.function('step', {}, () => {
        optimizers.sgd().minimize(ops.constant(1, 'float32'), [w]);
        return {};
      });
    expect(build).toThrow(/'step\/Const:0' does not depend on 'layer\/kernel'/);
  });

  test('a variable without a gradient stays as it is', async () => {
    using program = new Program({ seed: 1 });
    const make = (name: string) => program.variable(name, { shape: [2], initializer: initializers.zeros() });
    const [used, unused] = [make('used'), make('unused')];
    const step = program.function('step', {}, () => {
      optimizers.sgd({ learningRate: 0.5 }).minimize(bowl(used), [used, unused]);
      return {};
    });
    await step({});
    expect((await used.value()).array()).toEqual([1, -2]);
    expect((await unused.value()).array()).toEqual([0, 0]);
  });

  test('variables it was not built with, a second program, and a rate that a schedule sets', () => {
    using program = new Program({ seed: 1 });
    using other = new Program({ seed: 1 });
    const make = (in_: Program, name: string) => in_.variable(name, { shape: [2], initializer: initializers.zeros() });
    const [a, b] = [make(program, 'a'), make(program, 'b')];
    const optimizer = optimizers.sgd({
      learningRate: new optimizers.schedules.PolynomialDecay({ initialLearningRate: 1, decaySteps: 5 }),
    });
    expect(() => optimizer.weights).toThrow(/no variables yet/);
    optimizer.build(program, [a]);
    expect(() => optimizer.learningRate).toThrow(/follows PolynomialDecay/);
    expect(() => optimizer.build(other, [make(other, 'a')])).toThrow(/another program/);
    const step = () =>
      program.function('step', {}, () => {
        optimizer.minimize(bowl(b), [b]);
        return {};
      });
    expect(step).toThrow(/was built without 'b'/);
  });
});
