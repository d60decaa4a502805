import { describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { ArraySource } from '../../../src/data/array-source.js';
import { HostBatches } from '../../../src/data/host-batches.js';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** The parts of all batches of a pass. */
async function pass(batches: HostBatches, number: number): Promise<Tensor[][]> {
  await batches.start(number);
  const all: Tensor[][] = [];
  for (let batch = await batches.next(); batch; batch = await batches.next()) all.push(batch);
  return all;
}

const firsts = (all: Tensor[][]) => all.flatMap(([x]) => Array.from(x?.dataSync() as ArrayLike<number>, Number));

describe('a pass over arrays', () => {
  test('gives all rows in order, the last batch short', async () => {
    using batches = new HostBatches(new ArraySource([tensor(range(10))], { batchSize: 4, shuffle: false }));
    const all = await pass(batches, 0);
    expect(all.map(([x]) => x?.shape)).toEqual([[4], [4], [2]]);
    expect(firsts(all)).toEqual(range(10));
  });

  test('shuffles rows of all parts alike, each pass in its own way, the same for the same seed', async () => {
    const source = () =>
      new ArraySource([tensor(range(20)), tensor(range(40), [20, 2], 'int32')], { batchSize: 6, seed: 4 });
    using one = new HostBatches(source());
    using same = new HostBatches(source());
    const all = await pass(one, 0);
    const order = firsts(all);
    expect(order).not.toEqual(range(20));
    expect([...order].sort((a, b) => a - b)).toEqual(range(20));
    const labels = all.flatMap(([, y]) => Array.from(y?.dataSync() as Int32Array));
    expect(labels).toEqual(order.flatMap((row) => [2 * row, 2 * row + 1]));
    expect(firsts(await pass(one, 1))).not.toEqual(order);
    expect(firsts(await pass(same, 0))).toEqual(order);
    expect(firsts(await pass(one, 0))).toEqual(order);
  });

  test.each(['uint8', 'int32', 'int64', 'bool', 'float64', 'float16', 'string'] as const)('keeps %s', async (dtype) => {
    const values = dtype === 'string' ? ['a', 'b', 'c'] : [0, 1, 1];
    using batches = new HostBatches(new ArraySource([tensor(values, [3], dtype)], { batchSize: 3, shuffle: false }));
    const [batch] = await pass(batches, 0);
    expect(batch?.[0]?.dtype).toBe(dtype);
    expect(batch?.[0]?.array()).toEqual(tensor(values, [3], dtype).array());
  });

  test('knows its shapes', () => {
    const source = new ArraySource([tensor(range(12), [3, 2, 2], 'uint8'), tensor(range(3))], { batchSize: 2 });
    expect(source.elementSpec).toEqual([
      { dtype: 'uint8', shape: [null, 2, 2] },
      { dtype: 'float32', shape: [null] },
    ]);
    expect([source.n, source.batchesPerPass]).toEqual([3, 2]);
  });

  test('two sources of one program do not meet', async () => {
    using program = new Program();
    const sources = [1, 2].map(
      (factor) => new ArraySource([tensor(range(3).map((i) => i * factor))], { shuffle: false }),
    );
    const built = sources.map((source) => source.build(program));
    const step = program.function('step', {}, () => built.flatMap((source) => source.next()));
    for (const source of built) await source.start(0);
    expect((await step({})).map((x) => x.array())).toEqual([
      [0, 1, 2],
      [0, 2, 4],
    ]);
  });

  test('is over for good after finish', async () => {
    using program = new Program();
    const built = new ArraySource([tensor(range(3))]).build(program);
    const step = program.function('step', {}, () => built.next());
    await built.start(0);
    await built.finish();
    expect((await step({}))[0]?.shape).toEqual([0]);
    await built.start(1);
    expect((await step({}))[0]?.shape).toEqual([3]);
  });

  test('leaves memory as it is, pass after pass', async () => {
    using batches = new HostBatches(new ArraySource([tensor(new Uint8Array(4e6), [4000, 1000])], { batchSize: 1000 }));
    const run = async (passes: number) => {
      for (let i = 0; i < passes; i++) for (const [x] of await pass(batches, i)) x?.dispose();
      return process.memoryUsage.rss();
    };
    const before = await run(50);
    expect((await run(200)) - before).toBeLessThan(20e6);
  });
});

describe('refusals', () => {
  test.each([
    ['no rows', [tensor([], [0, 2])], 'ERR_DATA_EMPTY'],
    ['other numbers of rows', [tensor([1, 2]), tensor([1])], 'ERR_SHAPE'],
  ])('%s', (_, arrays, code) => {
    expect(() => new ArraySource(arrays)).toThrow(expect.objectContaining({ code }));
  });
});
