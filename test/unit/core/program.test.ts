import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { tensor } from '../../../src/core/tensor.js';
import type { Initializer, Variable } from '../../../src/core/variable.js';
import { loadAddon } from '../../../src/native/library.js';
import * as ops from '../../../src/ops/index.js';

const zeros: Initializer = (shape, dtype) => ops.zeros(Int32Array.from(shape), dtype);
/** The body of a function with an update and no outputs. */
const traced = (_update: unknown): Record<string, Output> => ({});
const failing = (code: string, message?: RegExp) =>
  expect.objectContaining(message ? { code, message: expect.stringMatching(message) } : { code });

describe('functions', () => {
  test('compute, with open dimensions', async () => {
    using program = new Program();
    const double = program.function('double', { x: spec('float32', [null, 2]) }, ({ x }) => ({ y: ops.mul(x, 2) }));
    expect((await double({ x: [[1, 2]] })).y.array()).toEqual([[2, 4]]);
    expect(
      (
        await double({
          x: tensor([
            [1, 2],
            [3, 4],
          ]),
        })
      ).y.array(),
    ).toEqual([
      [2, 4],
      [6, 8],
    ]);
    expect([double.functionName, program.functions.double]).toEqual(['double', double]);
  });

  test('give what the body gives: one output, arrays, records, any depth', async () => {
    using program = new Program();
    const x = { x: spec('float32', []) };
    const one = program.function('one', x, ({ x }) => ops.neg(x));
    const nested = program.function('nested', x, ({ x }) => ({
      list: [ops.neg(x), { deep: ops.square(x) }] as const,
      again: x,
    }));
    const twice = program.function('twice', x, ({ x }) => {
      const y = ops.neg(x);
      return [y, y] as const;
    });
    expect((await one({ x: 3 })).array()).toBe(-3);
    const { list, again } = await nested({ x: 3 });
    expect([list[0].array(), list[1].deep.array(), again.array()]).toEqual([-3, 9, 3]);
    expect((await twice({ x: 3 })).map((y) => y.array())).toEqual([-3, -3]);
  });

  test('give an input back as it came', async () => {
    using program = new Program();
    const same = program.function('same', { x: spec('string', [null]) }, ({ x }) => ({ x }));
    expect((await same({ x: ['a', 'b'] })).x.array()).toEqual(['a', 'b']);
  });

  test('run at once', async () => {
    using program = new Program();
    const v = program.variable('v', { shape: [], initializer: zeros });
    const add = program.function('add', { x: spec('float32', []) }, ({ x }) => {
      v.assignAdd(x);
      return { x: ops.mul(x, 2) };
    });
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => add({ x: i })));
    expect(results.map(({ x }) => x.array())).toEqual(Array.from({ length: 200 }, (_, i) => 2 * i));
    expect((await v.value()).array()).toBe((199 * 200) / 2);
  });

  test('traced, but not entered', () => {
    using program = new Program();
    program.trace('helper', {}, () => ({}));
    program.trace('helper', {}, () => ({}));
    expect(Object.keys(program.functions)).toEqual([]);
  });
});

describe('what a function refuses', () => {
  const program = new Program();
  const f = program.function('f', { x: spec('float32', [null, 2]), n: spec('int32', []) }, ({ x }) => ({ x }));

  test.each<[string, string, RegExp, object | undefined]>([
    ['a missing input', 'ERR_ARGUMENT', /^f: input 'n' is missing; give int32 \[\]\.$/, { x: [[1, 2]] }],
    ['no inputs', 'ERR_ARGUMENT', /input 'x' is missing; give float32 \[null, 2\]/, undefined],
    ['a wrong rank', 'ERR_SHAPE', /^f: input 'x' takes float32 \[null, 2\], got float32 \[2\]\.$/, { x: [1, 2], n: 1 }],
    ['a wrong dimension', 'ERR_SHAPE', /got float32 \[1, 3\]/, { x: [[1, 2, 3]], n: 1 }],
    [
      'a wrong dtype',
      'ERR_DTYPE',
      /^f: input 'n' takes int32 \[\], got float32 \[\]\.$/,
      { x: [[1, 2]], n: tensor(1) },
    ],
    ['a value that is no number', 'ERR_DTYPE', /expected int32/, { x: [[1, 2]], n: 'one' }],
    ['ragged rows', 'ERR_SHAPE', /ragged/, { x: [[1, 2], [3]], n: 1 }],
  ])('%s', async (_, code, message, feeds) => {
    await expect(f(feeds as never)).rejects.toThrow(failing(code, message));
  });

  test('a disposed tensor', async () => {
    const x = tensor([[1, 2]]);
    x.dispose();
    await expect(f({ x, n: 1 })).rejects.toThrow(failing('ERR_DISPOSED'));
  });

  test('a name that is taken', () => {
    expect(() => program.function('f', {}, () => ({}))).toThrow(failing('ERR_ARGUMENT', /already has a function 'f'/));
  });

  test.each<[string, string, () => unknown]>([
    ['nothing', 'ERR_ARGUMENT', () => undefined],
    ['a promise', 'ERR_ARGUMENT', async () => ({})],
    ['a number', 'ERR_ARGUMENT', () => ({ y: 5 })],
    ['a variable', 'ERR_ARGUMENT', () => ({ y: program.variable('w', { shape: [], initializer: zeros }) })],
    ['an output of another program', 'ERR_GRAPH', () => ({ y: new Program().generator.handle })],
  ])('a body that gives %s', (_, code, body) => {
    expect(() => program.function('refused', {}, body as never)).toThrow(failing(code));
    expect(program.functions).not.toHaveProperty('refused');
  });

  test('nodes after a body that failed', () => {
    const body = () => {
      throw new Error('no');
    };
    expect(() => program.function('failed', {}, body)).toThrow('no');
    expect(() => constant(1)).toThrow(failing('ERR_GRAPH'));
  });
});

describe('variables', () => {
  test('are initialized once, by whichever run comes first', async () => {
    using program = new Program();
    let built = 0;
    const v = program.variable('v', {
      shape: [2],
      initializer: (shape, dtype) => {
        built += 1;
        return ops.zeros(Int32Array.from(shape), dtype);
      },
    });
    const next = program.function('next', {}, () => {
      v.assignAdd(constant([1, 1]));
      return { v: v.read() };
    });
    await Promise.all(Array.from({ length: 20 }, () => next({})));
    await program.initialize();
    expect(built).toBe(1);
    expect((await v.value()).array()).toEqual([20, 20]);
  });

  test('made after the first run are initialized before the next', async () => {
    using program = new Program();
    const first = program.variable('v', { shape: [], initializer: () => constant(1) });
    await first.value();
    const second = program.variable('v', { shape: [], initializer: () => constant(2) });
    expect([first.name, second.name]).toEqual(['v', 'v_1']);
    expect((await program.values([first, second])).map((value) => value.array())).toEqual([1, 2]);
  });

  test('whose initializer fails say so each time, and others live', async () => {
    using program = new Program();
    program.variable('bad', {
      shape: [],
      initializer: () => {
        throw new Error('no value');
      },
    });
    await expect(program.initialize()).rejects.toThrow('no value');
    await expect(program.initialize()).rejects.toThrow('no value');
    await program.assign([[program.variables[1] as Variable, 5]]);
    expect((await program.values([program.variables[1] as Variable]))[0]?.array()).toBe(5);
  });

  test('are set and read', async () => {
    using program = new Program();
    const a = program.variable('a', { shape: [2], initializer: zeros });
    const b = program.variable('b', { shape: [], dtype: 'int64', initializer: zeros });
    await program.assign([
      [a, [1, 2]],
      [b, 7n],
    ]);
    expect((await program.values([b, a])).map((value) => value.array())).toEqual([7n, [1, 2]]);
    await a.assign(tensor([3, 4]));
    expect((await a.value()).array()).toEqual([3, 4]);
    await program.assign([]);
  });

  test('set while a first run starts keep the value they were set to', async () => {
    for (let i = 0; i < 10; i++) {
      using program = new Program();
      const v = program.variable('v', { shape: [], initializer: zeros });
      const read = program.function('read', {}, () => ({ v: v.read() }));
      const [, { v: seen }] = await Promise.all([v.assign(5), read({})]);
      expect([seen.array(), (await v.value()).array()]).toEqual([5, 5]);
    }
  });

  test('given tensors stay the caller’s', async () => {
    using program = new Program();
    const v = program.variable('v', { shape: [1], initializer: zeros });
    const value = tensor([3]);
    await v.assign(value);
    expect(value.disposed).toBe(false);
  });

  test.each<[string, string, (v: Variable, other: Program) => unknown]>([
    ['another shape', 'ERR_SHAPE', (v) => v.assign([1, 2, 3])],
    ['another dtype', 'ERR_DTYPE', (v) => v.assign(tensor([1, 2], [2], 'int32'))],
    ['another program', 'ERR_GRAPH', (v, other) => other.assign([[v, [1, 2]]])],
    ['another program, reading', 'ERR_GRAPH', (v, other) => other.values([v])],
    [
      'another shape in a function',
      'ERR_SHAPE',
      (v) => v.program.trace('f', {}, () => traced(v.assign(constant([1])))),
    ],
    [
      'another dtype in a function',
      'ERR_DTYPE',
      (v) => v.program.trace('f', {}, () => traced(v.assignAdd(constant([1n, 2n])))),
    ],
    ['a read in another program', 'ERR_GRAPH', (v, other) => other.trace('f', {}, () => ({ v: v.read() }))],
    ['a read outside of functions', 'ERR_GRAPH', (v) => v.read()],
  ])('refuse %s', async (_, code, use) => {
    using program = new Program();
    using other = new Program();
    const v = program.variable('v', { shape: [2], initializer: zeros });
    await expect((async () => use(v, other))()).rejects.toThrow(failing(code));
  });
});

describe('dispose', () => {
  test('lets runs in flight end', async () => {
    const program = new Program();
    const run = program.function('run', { x: spec('float32', [null]) }, ({ x }) => ({ y: ops.sum(x) }));
    await program.initialize();
    const running = Array.from({ length: 8 }, () => run({ x: new Float32Array(1e6).fill(1) }));
    program.dispose();
    expect((await Promise.all(running)).map(({ y }) => y.array())).toEqual(Array(8).fill(1e6));
  });

  test('refuses everything afterwards', async () => {
    const program = new Program();
    const v = program.variable('v', { shape: [], initializer: zeros });
    const run = program.function('run', {}, () => ({ v: v.read() }));
    const { v: seen } = await run({});
    program.dispose();
    program.dispose();
    expect(seen.array()).toBe(0);
    const uses: (() => unknown)[] = [
      () => run({}),
      () => v.value(),
      () => v.assign(1),
      () => program.variable('w', { shape: [], initializer: zeros }),
      () => program.function('again', {}, () => ({ y: constant(1) })),
    ];
    for (const use of uses) await expect((async () => use())()).rejects.toThrow(failing('ERR_DISPOSED'));
  });
});

test('memory stays flat over 5,000 calls', async () => {
  using program = new Program({ seed: 1 });
  const v = program.variable('v', { shape: [4], initializer: zeros });
  const step = program.function('step', { x: spec('float32', [4]) }, ({ x }): { y: Output } => {
    v.assignAdd(x);
    return { y: ops.mul(v.read(), 2) };
  });
  (await step({ x: [1, 1, 1, 1] })).y.dispose();
  const before = loadAddon().counters();
  const nodes = program.graph.operations().length;
  for (let i = 0; i < 5000; i++) {
    using y = (await step({ x: [1, 1, 1, 1] })).y;
    if (i === 4999) expect(y.array()).toEqual([10002, 10002, 10002, 10002]);
  }
  const { tensors, running } = loadAddon().counters();
  // Why at most: the collector may have taken what earlier tests left.
  expect(tensors).toBeLessThanOrEqual(before.tensors);
  expect(running).toBe(0);
  expect(program.graph.operations().length).toBe(nodes);
});
