import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import type { Variable } from '../../../src/core/variable.js';
import { initializers, optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

export interface OptimizerCase {
  /** Options, as Keras’ config has them. */
  config?: Record<string, unknown>;
  /** An option a hurried person types, and the one that is meant. */
  typo: [string, string];
  /** Ends of the names of its variables after `iteration` and `learning_rate`, for one matrix `w`. */
  slots: string[];
}

interface Trained {
  program: Program;
  optimizer: optimizers.Optimizer;
  w: Variable;
  /** One update; gives the loss before it. */
  step(): Promise<number>;
}

/** What holds for every optimizer. */
export function checkOptimizer(className: string, { config = {}, typo, slots }: OptimizerCase): void {
  const make = (more: Record<string, unknown> = {}): optimizers.Optimizer =>
    optimizers.deserialize({ class_name: className, config: { learning_rate: 0.05, ...config, ...more } });

  /** A bowl whose lowest point is at 1. */
  function training(optimizer = make()): Trained {
    const program = new Program({ seed: 1 });
    const w = program.variable('w', { shape: [2, 3], initializer: initializers.constant({ value: 0.25 }) });
    const run = program.function('step', {}, () => {
      const loss = ops.sum(ops.squaredDifference(w.read(), 1));
      optimizer.minimize(loss, [w]);
      return { loss };
    });
    return { program, optimizer, w, step: async () => (await run({})).loss.array() as number };
  }

  test('a step lessens the loss', async () => {
    const { program, step } = training();
    using _ = program;
    const losses: number[] = [];
    for (let i = 0; i < 4; i++) losses.push(await step());
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
  });

  test('its variables have Keras’ names, and moved to another program it goes on as it would have', async () => {
    const [first, second] = [training(), training()];
    using _first = first.program;
    using _second = second.program;
    for (let i = 0; i < 3; i++) await first.step();
    const names = first.optimizer.weights.map(({ name }) => name.replace(`${first.optimizer.name}/`, ''));
    expect(names).toEqual(['iteration', 'learning_rate', ...slots]);
    const state = (one: Trained): Variable[] => [one.w, ...one.optimizer.weights.map(({ variable }) => variable)];
    const values = await first.program.values(state(first));
    await second.program.assign(state(second).map((variable, i) => [variable, values[i] as never] as const));
    await first.step();
    await second.step();
    expect((await second.w.value()).array()).toEqual((await first.w.value()).array());
  });

  test('steps of two gradients make one update', async () => {
    const { program, w, step } = training(make({ gradient_accumulation_steps: 2 }));
    using _ = program;
    const before = (await w.value()).array();
    await step();
    expect((await w.value()).array()).toEqual(before);
    await step();
    expect((await w.value()).array()).not.toEqual(before);
  });

  test('belongs to one program', () => {
    const optimizer = make();
    const { program } = training(optimizer);
    using _ = program;
    expect(() => training(optimizer)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
  });

  test('a config and back', () => {
    const optimizer = make({ clipnorm: 2, weight_decay: 0.01 });
    expect(optimizers.deserialize(optimizers.serialize(optimizer)).getConfig()).toEqual(optimizer.getConfig());
    expect(optimizer.getConfig()).toMatchObject({ ...config, clipnorm: 2, weight_decay: 0.01 });
  });

  test('refuses an option it does not have, with the nearest one, and a learning rate that is none', () => {
    const wrong = expect.objectContaining({
      code: 'ERR_UNKNOWN_NAME',
      message: expect.stringContaining(`'${typo[1]}'`),
    });
    expect(() => make({ [typo[0]]: 1 })).toThrow(wrong);
    expect(() => make({ learning_rate: Number.NaN })).toThrow(expect.objectContaining({ code: 'ERR_ARGUMENT' }));
  });
}
