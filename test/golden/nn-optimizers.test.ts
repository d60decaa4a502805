import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import { optimizers } from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { expectClose, type PackedArray, readFixture, type Tolerance, unpack } from './nn-fixtures.js';

interface OptimizerCase {
  case: string;
  class_name: string;
  config: Record<string, unknown>;
  initial: PackedArray[];
  gradients: PackedArray[][];
  steps: { weights: PackedArray[]; learning_rate: number }[];
  optimizer_variables_after: { name: string; path: string; value: PackedArray }[];
  tolerance: Tolerance;
}

interface ScheduleCase {
  class_name: string;
  config: Record<string, unknown>;
  steps: number[];
  values: number[];
  tolerance: Tolerance;
}

const fixture = readFixture<{ optimizers: OptimizerCase[]; schedules: ScheduleCase[] }>('optimizers.json');
const more = JSON.parse(readFileSync(new URL('optimizers-more.json', import.meta.url), 'utf8')) as {
  optimizers: OptimizerCase[];
};
const titled = [...fixture.optimizers, ...more.optimizers].map((one) => [one.case, one] as const);

describe('optimizers agree with Keras, step by step', () => {
  test.each(titled)('%s', async (_, one) => {
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
  });
});

describe('configs are Keras’ own', () => {
  test.each(titled)('%s', (_, one) => {
    const optimizer = optimizers.deserialize(one);
    expect(optimizer.getConfig()).toEqual(one.config);
    expect(optimizers.deserialize(optimizers.serialize(optimizer)).getConfig()).toEqual(one.config);
  });
});

describe('schedules agree with Keras', () => {
  test.each(fixture.schedules.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    async (_, one) => {
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
    },
  );
});
