import { expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { metrics } from '../../../src/nn/index.js';

export interface MetricCase {
  /** Options, as Keras’ config has them. */
  config?: Record<string, unknown>;
  /** Labels and predictions of four samples, float32. */
  yTrue: number[] | number[][];
  yPred: number[] | number[][];
  /** An option a hurried person types, and the one that is meant. */
  typo: [string, string];
  /** Whether its state holds whole numbers. */
  whole?: boolean;
}

/** What holds for every metric of labels and predictions. */
export function checkMetric(className: string, { config = {}, yTrue, yPred, typo, whole = false }: MetricCase): void {
  const make = (): metrics.Metric => metrics.deserialize({ class_name: className, config });
  const open = (value: number[] | number[][]): (number | null)[] =>
    Array.isArray(value[0]) ? [null, value[0].length] : [null];

  async function run(body: (steps: Steps) => Promise<void>): Promise<void> {
    using program = new Program({ seed: 1 });
    const metric = make();
    metric.build(program, { label: open(yTrue), prediction: open(yPred) });
    const inputs = { y: spec('float32', open(yTrue)), p: spec('float32', open(yPred)) };
    const update = program.function('update', inputs, ({ y, p }) => {
      metric.update(y, p);
      return {};
    });
    const weigh = program.function('weigh', { ...inputs, w: spec('float32', [null]) }, ({ y, p, w }) => {
      metric.update(y, p, w);
      return {};
    });
    const result = program.function('result', {}, () => ({ value: metric.result() }));
    const reset = program.function('reset', {}, () => {
      metric.reset();
      return {};
    });
    const part = (from: number, to: number) => ({ y: yTrue.slice(from, to), p: yPred.slice(from, to) });
    await body({
      update: async (from = 0, to = 4) => void (await update(part(from, to) as never)),
      weigh: async (w) => void (await weigh({ ...part(0, 4), w } as never)),
      result: async () => [(await result({})).value.array()].flat(2) as number[],
      reset: async () => void (await reset({})),
      metric,
    });
  }

  test('two batches come to what one does', () =>
    run(async ({ update, result, reset }) => {
      await update();
      const whole = await result();
      await reset();
      await update(0, 1);
      await update(1, 4);
      expectClose(await result(), whole);
    }));

  test('weights of 1 change nothing; samples of weight 0 do not count', () =>
    run(async ({ update, weigh, result, reset }) => {
      await update();
      const all = await result();
      await reset();
      await weigh([1, 1, 1, 1]);
      expectClose(await result(), all);
      await reset();
      await update(0, 2);
      const two = await result();
      await reset();
      await weigh([1, 1, 0, 0]);
      expectClose(await result(), two);
    }));

  test('a reset starts over', () =>
    run(async ({ update, result, reset, metric }) => {
      const before = await metric.variables[0]?.program.values(metric.variables);
      const zero = before?.map((value) => value.array());
      await update();
      await result();
      await reset();
      const after = await metric.variables[0]?.program.values(metric.variables);
      expect(after?.map((value) => value.array())).toEqual(zero);
    }));

  test('its state is its own and of its dtype', () =>
    run(async ({ metric }) => {
      expect(metric.variables.length).toBeGreaterThan(0);
      for (const variable of metric.variables) {
        expect(variable).toMatchObject({ trainable: false, dtype: whole ? 'int64' : 'float32' });
        expect(variable.name).toMatch(new RegExp(`^${metric.name}/`));
      }
      using other = new Program({ seed: 1 });
      expect(() => metric.build(other)).toThrow(expect.objectContaining({ code: 'ERR_GRAPH' }));
    }));

  test('a config and back', () => {
    const metric = make();
    expect(metrics.deserialize(metrics.serialize(metric)).getConfig()).toEqual(metric.getConfig());
    expect(metric.getConfig()).toMatchObject(config);
  });

  test('refuses an option it does not have, with the nearest one', () => {
    const [typed, meant] = typo;
    const wrong = { class_name: className, config: { ...config, [typed]: 1 } };
    expect(() => metrics.deserialize(wrong)).toThrow(
      expect.objectContaining({ code: 'ERR_UNKNOWN_NAME', message: expect.stringContaining(`'${meant}'`) }),
    );
  });
}

interface Steps {
  update(from?: number, to?: number): Promise<void>;
  weigh(w: number[]): Promise<void>;
  result(): Promise<number[]>;
  reset(): Promise<void>;
  metric: metrics.Metric;
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
}
