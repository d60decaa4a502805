import { expect } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { optimizers } from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, type Tolerance, unpack } from './nn-fixtures.js';

/** Steps of an optimizer in Keras: see the README of the shared fixtures. */
export interface OptimizerCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  initial: PackedArray[];
  gradients: PackedArray[][];
  steps: { weights: PackedArray[]; learning_rate: number }[];
  optimizer_variables_after: { name: string; path: string; value: PackedArray }[];
  tolerance: Tolerance;
}

/** Learning rates of a schedule in Keras. */
export interface ScheduleCase {
  class_name: string;
  config: Record<string, unknown>;
  steps: number[];
  values: number[];
  tolerance: Tolerance;
}

/** Weights and learning rate after every step, and the optimizer's own variables after the last, as Keras has them. */
export async function checkOptimizerCase(one: OptimizerCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const optimizer = optimizers.deserialize(one);
  const weights = one.initial.map(({ shape }, i) =>
    program.variable(`w${i}`, { shape, initializer: (dims, dtype) => ops.zeros(Int32Array.from(dims), dtype) }),
  );
  const inputs = Object.fromEntries(one.initial.map(({ dtype, shape }, i) => [`g${i}`, spec(dtype, shape)]));
  const step = program.function('step', inputs, (given) => {
    optimizer.apply(Object.values(given), weights);
    return {};
  });
  const rate = program.function('rate', {}, () => ({ value: optimizer.currentLearningRate() }));
  await program.assign(weights.map((weight, i) => [weight, unpack(one.initial[i] as PackedArray)] as const));
  for (const [i, expected] of one.steps.entries()) {
    const gradients = (one.gradients[i] ?? []).map((packed, k) => [`g${k}`, unpack(packed)] as const);
    await step(Object.fromEntries(gradients));
    const values = await program.values(weights);
    for (const [k, value] of values.entries()) {
      await expectClose(value, expected.weights[k] as PackedArray, one.tolerance);
    }
    const now = await rate({});
    expect(now.value.array()).toBeCloseTo(expected.learning_rate, 6);
  }
  const after = optimizer.weights;
  expect(after.map(({ name }) => name.split('/').at(-1))).toEqual(
    one.optimizer_variables_after.map(({ path }) => path.split('/').at(-1)),
  );
  const values = await program.values(after.map(({ variable }) => variable));
  for (const [k, value] of values.entries()) {
    const { value: expected } = one.optimizer_variables_after[k] as { value: PackedArray };
    await expectClose(value, expected, { rtol: 1e-4, atol: 1e-5 });
  }
}

/** Config and values as Keras has them. */
export async function checkScheduleCase(one: ScheduleCase): Promise<void> {
  using program = new Program({ seed: 1 });
  const schedule = optimizers.schedules.deserialize(one);
  expect(schedule.getConfig()).toEqual(one.config);
  const run = program.function('rate', { step: spec('float32', []) }, ({ step }) => ({
    rate: schedule.call(step),
  }));
  for (const [i, step] of one.steps.entries()) {
    const { rate } = await run({ step });
    const expected = one.values[i] as number;
    const error = Math.abs((rate.array() as number) - expected);
    expect(error).toBeLessThanOrEqual(one.tolerance.atol + one.tolerance.rtol * Math.abs(expected));
  }
}
