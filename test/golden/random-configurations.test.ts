import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../src/autodiff/gradients.js';
import { camelCase, plainName } from '../../src/core/naming.js';
import type { Output } from '../../src/core/output.js';
import { Program } from '../../src/core/program.js';
import { spec } from '../../src/core/spec.js';
import type { Tensor } from '../../src/core/tensor.js';
import * as layers from '../../src/layers/index.js';
import {
  activations,
  constraints,
  initializers,
  losses,
  metrics,
  optimizers,
  regularizers,
} from '../../src/nn/index.js';
import * as ops from '../../src/ops/index.js';
import { checkLayerCase, cotangentOf, type LayerCase } from './golden-layers.js';
import { checkLossCase, type LossCase, lossOf } from './golden-losses.js';
import { checkMetricCase, type MetricCase, metricOf } from './golden-metrics.js';
import { checkOptimizerCase, checkScheduleCase, type OptimizerCase, type ScheduleCase } from './golden-optimizers.js';
import { expectClose, type PackedArray, unpack } from './nn-fixtures.js';

/** A layer made from options that a config repeats; null where they are layers themselves. */
interface RandomLayer extends Omit<LayerCase, 'cotangents'> {
  arguments: Record<string, unknown> | null;
}

interface FunctionCase {
  class_name: string;
  config: Record<string, unknown>;
  x: PackedArray;
  y: PackedArray;
  gradient: PackedArray;
}

interface Functions {
  activations: {
    name: string;
    arguments: Record<string, unknown>;
    x: PackedArray;
    y: PackedArray;
    gradient: PackedArray;
  }[];
  regularizers: FunctionCase[];
  constraints: Omit<FunctionCase, 'gradient'>[];
  initializers: {
    class_name: string;
    config: Record<string, unknown>;
    shape: number[];
    mean: number;
    deviation: number;
    least: number;
    most: number;
    kurtosis: number;
  }[];
}

// A folder of another seed may be named, to look for what one draw misses.
const folder = process.env.RANDOM_CONFIGURATIONS ?? new URL('random-configurations', import.meta.url).pathname;
const read = <T>(name: string): T => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as T;
const titled = <T extends { class_name: string; arguments: Record<string, unknown> }>(cases: T[]) =>
  cases.map((one, i) => [`${i} ${one.class_name} ${JSON.stringify(one.arguments)}`, one] as const);
const TOLERANCE = { rtol: 1e-4, atol: 2e-5 };

/** Options as a user writes them. */
const written = (options: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
const byPlainName = <T>(module: object) =>
  new Map(Object.entries(module).map(([name, one]) => [plainName(name), one as T]));
/** An object of a class of a module. */
function made(module: object, className: string, options: Record<string, unknown>): { getConfig(): object } {
  const Class = new Map<string, unknown>(Object.entries(module)).get(className);
  return new (Class as new (options: object) => { getConfig(): object })(written(options));
}

describe('layers', () => {
  const { cases } = read<{ cases: RandomLayer[] }>('layers');
  const factories = byPlainName<(options: object) => layers.Layer>(layers);

  test.each(cases.map((one) => [`${one.case} ${JSON.stringify(one.arguments)}`, one] as const))('%s', (_, one) =>
    checkLayerCase({ ...one, cotangents: one.outputs.map(cotangentOf) }),
  );

  test.each(
    cases.filter((one) => one.arguments).map((one) => [`${one.case} ${JSON.stringify(one.arguments)}`, one] as const),
  )('options make what the config makes: %s', (_, one) => {
    const make = factories.get(plainName(one.case.replace(/_\d+$/, '')));
    const { name } = one.config;
    expect(make?.({ ...written(one.arguments ?? {}), name }).getConfig()).toEqual(layers.deserialize(one).getConfig());
  });
});

describe('losses', () => {
  const { cases } = read<{ cases: LossCase[] }>('losses');
  test.each(titled(cases))('%s', (_, one) => checkLossCase(one));
  test.each(titled(cases))('options make what the config makes: %s', (_, one) => {
    expect(made(losses, one.class_name, one.arguments).getConfig()).toEqual(lossOf(one).getConfig());
    expect(lossOf(one).getConfig()).toMatchObject(one.config);
  });
});

describe('metrics', () => {
  const { cases } = read<{ cases: MetricCase[] }>('metrics');
  test.each(titled(cases))('%s', (_, one) => checkMetricCase(one));
  test.each(titled(cases))('options make what the config makes: %s', (_, one) => {
    expect(made(metrics, one.class_name, { ...one.arguments, name: 'metric' }).getConfig()).toEqual(
      metricOf(one).getConfig(),
    );
    expect(metricOf(one).getConfig()).toMatchObject(one.config);
  });
});

describe('optimizers', () => {
  const cases = read<{ optimizers: OptimizerCase[]; schedules: ScheduleCase[] }>('optimizers');
  const named = cases.optimizers.map((one) => [`${one.case} ${JSON.stringify(one.config)}`, one] as const);
  test.each(named)('%s', (_, one) => checkOptimizerCase(one));
  test.each(named)('options make what the config makes: %s', (_, one) => {
    expect(optimizers.deserialize(one).getConfig()).toEqual(one.config);
    // Why but for this one: it takes an optimizer, not a config.
    if (one.class_name === 'LossScaleOptimizer') return;
    expect(made(optimizers, one.class_name, one.config).getConfig()).toEqual(one.config);
  });
  test.each(cases.schedules.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    (_, one) => checkScheduleCase(one),
  );
});

describe('functions', () => {
  const cases = read<Functions>('functions');
  const functions = byPlainName<(x: Output, options?: object) => Output>(activations);

  /** Value and gradient of a function of one array. */
  async function run(x: PackedArray, of: (x: Output) => { y: Output; total: Output }) {
    using program = new Program();
    const call = program.function('call', { x: spec('float32', x.shape) }, (given) => {
      const { y, total } = of(given.x);
      return { y, gradient: gradients(total, [given.x])[0] ?? ops.zerosLike(given.x) };
    });
    return (await call({ x: unpack(x) })) as { y: Tensor; gradient: Tensor };
  }

  test.each(cases.activations.map((one) => [`${one.name} ${JSON.stringify(one.arguments)}`, one] as const))(
    '%s',
    async (_, one) => {
      const make = functions.get(plainName(one.name));
      const { y, gradient } = await run(one.x, (x) => {
        const y = make?.(x, written(one.arguments)) ?? x;
        return { y, total: ops.sum(ops.mul(y, unpack(cotangentOf(one.y, 0)))) };
      });
      await expectClose(y, one.y, TOLERANCE);
      await expectClose(gradient, one.gradient, TOLERANCE);
    },
  );

  test.each(cases.regularizers.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    async (_, one) => {
      const regularize = regularizers.get(one);
      const { y, gradient } = await run(one.x, (x) => {
        const y = regularize?.(x) ?? x;
        return { y, total: y };
      });
      await expectClose(y, one.y, TOLERANCE);
      await expectClose(gradient, one.gradient, TOLERANCE);
    },
  );

  test.each(cases.constraints.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    async (_, one) => {
      const constrain = constraints.get(one);
      const { y } = await run(one.x, (x) => {
        const y = constrain?.(x) ?? x;
        return { y, total: ops.sum(y) };
      });
      await expectClose(y, one.y, TOLERANCE);
    },
  );

  test.each(cases.initializers.map((one) => [`${one.class_name} ${JSON.stringify(one.config)}`, one] as const))(
    '%s',
    async (_, one) => {
      using program = new Program();
      const draw = program.function('draw', {}, () => ({ x: initializers.get(one)(one.shape, 'float32') }));
      const values = Float64Array.from((await (await draw({})).x.data()) as Float32Array);
      const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
      const moment = (k: number) => values.reduce((sum, v) => sum + (v - mean) ** k, 0) / values.length;
      const deviation = Math.sqrt(moment(2));
      const sampling = 6 / Math.sqrt(values.length);
      expect(Math.abs(mean - one.mean)).toBeLessThan(sampling * one.deviation);
      expect(Math.abs(deviation / one.deviation - 1)).toBeLessThan(sampling);
      expect(Math.abs(moment(4) / deviation ** 4 - one.kurtosis)).toBeLessThan(4 * sampling);
      expect(Math.abs(Math.min(...values) - one.least)).toBeLessThan(1.5 * one.deviation);
      expect(Math.abs(Math.max(...values) - one.most)).toBeLessThan(1.5 * one.deviation);
    },
  );
});
