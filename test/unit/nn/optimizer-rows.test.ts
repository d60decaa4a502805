import { describe, expect, test } from 'vitest';
import { gradients, sparseGradients } from '../../../src/autodiff/gradients.js';
import { IndexedSlices } from '../../../src/autodiff/indexed-slices.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import type { Variable } from '../../../src/core/variable.js';
import { optimizers } from '../../../src/nn/index.js';
import * as ops from '../../../src/ops/index.js';

const START = [
  [0.0, 0.1],
  [0.2, 0.3],
  [0.4, 0.5],
  [0.6, 0.7],
];
const ROWS = [1, 3, 1];
/** Rows that come once: by them, a gradient by rows is worth as much as the whole. */
const ONCE = [1, 3, 2];
const WEIGHTS = [
  [1, 2],
  [3, -1],
  [-0.5, 4],
];

const byIndex = (table: Variable, rows = ROWS) => ops.resourceGather(table.handle, rows, { dtype: 'float32' });
const byProduct = (table: Variable, rows = ROWS) => ops.matMul(ops.oneHot(rows, 4), table.read());
const both = (table: Variable) => ops.add(byIndex(table), byProduct(table));

async function trained(optimizer: optimizers.Optimizer, read: (table: Variable) => Output): Promise<number[]> {
  using program = new Program({ seed: 1 });
  const table = program.variable('table', { shape: [4, 2], initializer: () => ops.constant(START) });
  const step = program.function('step', {}, () => {
    const scale = ops.cast(ops.add(optimizerCount(optimizer, program, table), 1), 'float32');
    optimizer.minimize(ops.sum(ops.mul(ops.mul(read(table), WEIGHTS), scale)), [table]);
    return {};
  });
  for (let i = 0; i < 3; i++) await step({});
  return [...((await table.value()).dataSync() as Float32Array)];
}

function optimizerCount(optimizer: optimizers.Optimizer, program: Program, table: Variable): Output {
  optimizer.build(program, [table]);
  return ops.cast(optimizer.iterations.read(), 'int32');
}

describe('rows of a variable', () => {
  const OPTIONS: Readonly<Record<string, optimizers.OptimizerOptions>> = {
    clipnorm: { clipnorm: 1 },
    clipvalue: { clipvalue: 1 },
    globalClipnorm: { globalClipnorm: 1 },
    weightDecay: { weightDecay: 0.1 },
    useEma: { useEma: true, emaOverwriteFrequency: 2 },
    gradientAccumulationSteps: { gradientAccumulationSteps: 2 },
    lossScaleFactor: { lossScaleFactor: 8 },
  };
  const CASES: [string, () => optimizers.Optimizer][] = [
    ...optimizers
      .names()
      .filter((name) => name !== 'lossScaleOptimizer')
      .map((name): [string, () => optimizers.Optimizer] => [name, () => optimizers.get(name)]),
    ['lossScaleOptimizer', () => optimizers.lossScaleOptimizer({ innerOptimizer: optimizers.sgd(0.1) })],
    ...Object.entries(OPTIONS).flatMap(([name, options]): [string, () => optimizers.Optimizer][] => [
      [`sgd, ${name}`, () => new optimizers.SGD({ learningRate: 0.1, ...options })],
      [`adagrad, ${name}`, () => new optimizers.Adagrad({ learningRate: 0.1, ...options })],
    ]),
  ];
  test.each(CASES)('%s: rows that come once, by index as by a product with ones', async (_, make) => {
    const sparse = await trained(make(), (table) => byIndex(table, ONCE));
    const whole = await trained(make(), (table) => byProduct(table, ONCE));
    for (const [i, value] of sparse.entries()) expect(value).toBeCloseTo(whole[i] as number, 5);
  });

  test('read by index and as a whole: both count', async () => {
    const sgd = () => new optimizers.SGD({ learningRate: 0.1 });
    const [mixed, once] = [await trained(sgd(), both), await trained(sgd(), byProduct)];
    const start = START.flat();
    for (const [i, value] of mixed.entries()) {
      expect(value - (start[i] as number)).toBeCloseTo(2 * ((once[i] as number) - (start[i] as number)), 4);
    }
  });
});

describe('a table of 1,000,000 × 64', () => {
  const shape = [1_000_000, 64];

  /** Types of the step's operations that give something as large as the table. */
  function largeOps(optimizer: optimizers.Optimizer): string[] {
    using program = new Program();
    const table = program.variable('table', { shape, initializer: () => ops.zeros(shape) });
    optimizer.build(program, [table]);
    const before = program.graph.operations().length;
    program.trace('step', {}, () => {
      const rows = ops.resourceGather(table.handle, [7, 7, 999_999], { dtype: 'float32' });
      optimizer.minimize(ops.sum(ops.square(rows)), [table]);
      return {};
    });
    const made = program.graph.operations().slice(before);
    return made.filter((op) => op.outputs.some((y) => y.shape === null || y.shape[0] === shape[0])).map(String);
  }

  test.each(['sgd', 'adagrad'])('%s never makes its whole gradient', (name) => {
    expect(largeOps(optimizers.get(name))).toEqual([]);
  });

  test('the judge of it sees a whole gradient', () => {
    expect(largeOps(optimizers.get('adam'))).not.toEqual([]);
  });
});

describe('sparseGradients', () => {
  test('gives the rows that were read, and which they are; gradients the whole', async () => {
    using program = new Program();
    const table = program.variable('table', { shape: [4, 2], initializer: () => ops.constant(START) });
    const run = program.function('run', {}, () => {
      const y = ops.mul(byIndex(table), WEIGHTS);
      const [rows] = sparseGradients(y, [table]);
      if (!(rows instanceof IndexedSlices)) throw new Error('not by rows');
      const { values, indices } = rows.merged();
      const [whole] = gradients(y, [table]) as [Output];
      return { values: rows.values, indices: rows.indices, sums: values, each: indices, whole };
    });
    const found = await run({});
    expect(found.values.array()).toEqual(WEIGHTS);
    expect(found.indices.array()).toEqual(ROWS);
    expect(found.each.array()).toEqual([1, 3]);
    expect(found.sums.array()).toEqual([
      [0.5, 6],
      [3, -1],
    ]);
    expect(found.whole.array()).toEqual([
      [0, 0],
      [0.5, 6],
      [0, 0],
      [3, -1],
    ]);
  });

  test('two readings add up', async () => {
    using program = new Program();
    const table = program.variable('table', { shape: [4, 2], initializer: () => ops.constant(START) });
    const run = program.function('run', {}, () => {
      const other = ops.resourceGather(table.handle, ops.constant([0], 'int64'), { dtype: 'float32' });
      const [rows] = sparseGradients([byIndex(table), other], [table]);
      if (!(rows instanceof IndexedSlices)) throw new Error('not by rows');
      return { whole: rows.toDense(), count: ops.size(rows.indices) };
    });
    const { whole, count } = await run({});
    expect(count.array()).toBe(4);
    expect(whole.array()).toEqual([
      [1, 1],
      [2, 2],
      [0, 0],
      [1, 1],
    ]);
  });
});
