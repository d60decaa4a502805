import { expect, test } from 'vitest';
import { gradients } from '../../../src/autodiff/gradients.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { losses } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

export interface LossCase {
  /** Options, as Keras’ config has them. */
  config?: Record<string, unknown>;
  /** Labels and predictions of three samples. */
  yTrue: number[] | number[][];
  yPred: number[][];
  labels?: 'float32' | 'int32';
  /** An option a hurried person types, and the one that is meant. */
  typo: [string, string];
  /** Whether a sample costs the same whatever else is in the batch. Default true. */
  independent?: boolean;
}

const STEP = 1e-2;

/** What holds for every loss. */
export function checkLoss(className: string, loss: LossCase): void {
  const { config = {}, yTrue, labels = 'float32', typo, independent = true } = loss;
  const make = (reduction: string): losses.Loss =>
    losses.deserialize({ class_name: className, config: { ...config, reduction } });

  async function cost(reduction: string, { weight, from = 0, to = 3 }: Part = {}): Promise<Cost> {
    using program = new Program({ seed: 1 });
    const run = program.function('run', {}, () => {
      const prediction = ops.constant(loss.yPred.slice(from, to), 'float32');
      const factor = weight && ops.constant(weight.slice(from, to), 'float32');
      const value = make(reduction).call(ops.constant(yTrue.slice(from, to), labels), prediction, factor);
      const [gradient] = gradients(ops.sum(value), [prediction]);
      return { value, gradient: gradient ?? ops.zerosLike(prediction) };
    });
    const { value, gradient } = await run({});
    return { value: [value.array()].flat(3) as number[], gradient: gradient.array() as number[][] };
  }

  test('sum and means are of what each sample costs', async () => {
    if (!independent) return;
    const { value: each } = await cost('none');
    const sum = each.reduce((total, value) => total + value, 0);
    expectClose((await cost('sum')).value, [sum]);
    expectClose((await cost('sum_over_batch_size')).value, [sum / each.length]);
    expectClose((await cost('mean')).value, [sum / each.length]);
    expectClose((await cost('mean_with_sample_weight')).value, [sum / each.length]);
  });

  test('a sample costs the same alone; one of weight 0 costs nothing and has no gradient', async () => {
    if (!independent) return;
    const { value: each } = await cost('none');
    expectClose((await cost('none', { from: 1, to: 2 })).value, each.slice(1, 2));
    const { value, gradient } = await cost('none', { weight: [1, 0, 2] });
    expectClose(value, [each[0], 0, 2 * (each[2] as number)] as number[]);
    expect(gradient[1]?.every((g) => g === 0)).toBe(true);
  });

  test('its gradient is what it changes by', async () => {
    using program = new Program({ seed: 1 });
    const total = program.function(
      'total',
      { yPred: spec('float32', [3, loss.yPred[0]?.length ?? null]) },
      ({ yPred }) => ({
        value: make('sum').call(ops.constant(yTrue, labels), yPred),
      }),
    );
    const { gradient } = await cost('sum');
    const at = async (i: number, j: number, change: number): Promise<number> => {
      const yPred = loss.yPred.map((row, k) => row.map((value, l) => (k === i && l === j ? value + change : value)));
      return (await total({ yPred })).value.array() as number;
    };
    for (const [i, row] of gradient.entries()) {
      for (const [j, got] of row.entries()) {
        const numeric = ((await at(i, j, STEP)) - (await at(i, j, -STEP))) / (2 * STEP);
        const off = Math.abs(got - numeric);
        expect(off, `[${i}, ${j}]: ${got}, ${numeric}`).toBeLessThan(0.02 + 0.02 * Math.abs(numeric));
      }
    }
  });

  test('a config and back', () => {
    const made = make('sum');
    expect(losses.deserialize(losses.serialize(made)).getConfig()).toEqual(made.getConfig());
    expect(made.getConfig()).toMatchObject({ ...config, reduction: 'sum' });
  });

  test('refuses an option and a reduction there is not, with the nearest one', () => {
    const refusal = (near: string) => ({ code: 'ERR_UNKNOWN_NAME', message: expect.stringContaining(`'${near}'`) });
    const wrong = { class_name: className, config: { ...config, [typo[0]]: 1 } };
    expect(() => losses.deserialize(wrong)).toThrow(expect.objectContaining(refusal(typo[1])));
    expect(() => make('summ')).toThrow(expect.objectContaining(refusal('sum')));
  });
}

interface Part {
  weight?: number[];
  from?: number;
  to?: number;
}

interface Cost {
  value: number[];
  gradient: number[][];
}

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i] as number, 4);
}
