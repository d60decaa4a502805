import { describe, expect, expectTypeOf, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, type TensorLike, tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';

const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('inputs of a function', () => {
  test('are arrays and records to any depth; the body and the caller see the same structure', async () => {
    using program = new Program();
    const f = program.function(
      'f',
      { pair: [spec('float32', [2]), { deep: spec('int32', []) }], plain: spec('float32', [null]) },
      ({ pair, plain }) => {
        expectTypeOf(pair[0]).toEqualTypeOf<Output>();
        expectTypeOf(pair[1].deep).toEqualTypeOf<Output>();
        return { sum: ops.add(pair[0], plain), count: ops.mul(pair[1].deep, constant(2, 'int32')) };
      },
    );
    expectTypeOf<Parameters<typeof f>[0]['pair'][1]>().toEqualTypeOf<{ deep: Tensor | TensorLike }>();
    const { sum, count } = await f({ pair: [[1, 2], { deep: 3 }], plain: [10, 20] });
    expect([sum.array(), count.array()]).toEqual([[11, 22], 6]);
    expect(f.inputs.pair[1].deep.name).toBe('f/pair/1/deep:0');
  });

  test('are one spec alone, or an array of specs', async () => {
    using program = new Program();
    const negative = program.function('negative', spec('float32', [null]), (x) => {
      expectTypeOf(x).toEqualTypeOf<Output>();
      return ops.neg(x);
    });
    expect((await negative([1, 2])).array()).toEqual([-1, -2]);
    expect((await negative(tensor([3]))).array()).toEqual([-3]);
    const both = program.function('both', [spec('float32', []), spec('float32', [])], ([a, b]) => [ops.sub(a, b)]);
    expect((await both([5, 3]))[0]?.array()).toBe(2);
  });

  test('of unknown rank take any shape', async () => {
    using program = new Program();
    const f = program.function('f', { x: spec('float32', null) }, ({ x }) => {
      expect(x.shape).toBe(null);
      return ops.neg(x);
    });
    expect((await f({ x: 1 })).array()).toBe(-1);
    expect((await f({ x: [[1], [2]] })).array()).toEqual([[-1], [-2]]);
  });

  test('and functions may have names that graphs do not know', async () => {
    using program = new Program();
    const f = program.function('train step', { 'größe (m)': spec('float32', []) }, (inputs) =>
      ops.neg(inputs['größe (m)']),
    );
    expect((await f({ 'größe (m)': 2 })).array()).toBe(-2);
    expect(f.inputs['größe (m)'].name).toMatch(/^train_step\/gr__e__m_:0$/);
  });

  test.each<[string, string, RegExp, unknown]>([
    [
      'missing in the depth',
      'ERR_ARGUMENT',
      /^f: input 'pair\/1\/deep' is missing; give int32 \[\]\.$/,
      { pair: [[1, 2], {}] },
    ],
    ['not there at all', 'ERR_ARGUMENT', /^f: input 'pair\/0' is missing/, {}],
    ['of another structure', 'ERR_ARGUMENT', /^f: input 'pair\/1\/deep' is missing/, { pair: [[1, 2], 3] }],
    [
      'of another shape',
      'ERR_SHAPE',
      /^f: input 'pair\/0' takes float32 \[2\], got float32 \[1\]/,
      { pair: [[1], { deep: 1 }] },
    ],
  ])('%s are refused by path', async (_, code, message, feeds) => {
    using program = new Program();
    const f = program.function(
      'f',
      { pair: [spec('float32', [2]), { deep: spec('int32', []) }] },
      ({ pair }) => pair[0],
    );
    await expect(f(feeds as never)).rejects.toThrow(failing(code, message));
  });

  test('a bare one that is missing is named as its signature names it', async () => {
    using program = new Program();
    const f = program.function('f', spec('float32', []), (x) => x);
    await expect(f(undefined as never)).rejects.toThrow(failing('ERR_ARGUMENT', /^f: input 'input_0' is missing/));
  });

  test.each<[string, unknown, RegExp]>([
    ['no spec', { x: 'float32' }, /^f: 'x' is float32; expected specs like spec\('float32', \[null\]\), or arrays/],
    ['a map', { x: [new Map()] }, /^f: 'x\/0' is a Map; expected specs/],
    ['nothing', undefined, /^f: the description of its inputs is undefined/],
    [
      'the same path twice',
      { 'a/0': spec('int32', []), a: [spec('int32', [])] },
      /^f: two inputs have the path 'a\/0'/,
    ],
  ])('described by %s are refused', (_, specs, message) => {
    using program = new Program();
    expect(() => program.function('f', specs as never, () => ({}))).toThrow(failing('ERR_ARGUMENT', message));
  });
});

describe('a body that gives', () => {
  const values = () => new Program({ seed: 1 }).trace('g', {}, () => constant(1)).outputs;
  test.each<[string, string, RegExp, (program: Program) => unknown]>([
    [
      'a tensor',
      'ERR_ARGUMENT',
      /^f: 'y' is a Tensor; expected outputs of the graph \(constant\(value\)/,
      () => ({ y: tensor(1) }),
    ],
    [
      'a variable',
      'ERR_ARGUMENT',
      /^f: 'y\/0' is a Variable; expected .*variable\.read\(\)/,
      ({ generator }) => ({ y: [generator] }),
    ],
    [
      'an output of another program',
      'ERR_GRAPH',
      /^f: result 'y' \(.*:0\) belongs to another program/,
      () => ({ y: values() }),
    ],
    [
      'the same path twice',
      'ERR_ARGUMENT',
      /^f: two results have the path 'a\/0'/,
      () => ({ 'a/0': constant(1), a: [constant(2)] }),
    ],
    ['a sum with another program', 'ERR_GRAPH', /belongs to another/, () => ops.add(constant(1), values())],
  ])('%s is refused', (_, code, message, body) => {
    using program = new Program();
    expect(() => program.function('f', {}, () => body(program) as never)).toThrow(failing(code, message));
    expect(program.functions).toEqual({});
  });

  test('reads of another program’s variable are refused', () => {
    using program = new Program();
    using other = new Program();
    const v = other.variable('v', { shape: [], initializer: () => constant(1) });
    expect(() => program.function('f', {}, () => v.read())).toThrow(failing('ERR_GRAPH', /belongs to another/));
    expect(() =>
      program.function('f', {}, () => {
        v.assign(constant(1));
        return {};
      }),
    ).toThrow(failing('ERR_GRAPH', /belongs to another/));
  });
});

describe('calls that overlap', () => {
  test('each give their own result, and no update is lost', async () => {
    using program = new Program();
    const count = program.variable('count', { shape: [], initializer: () => constant(0) });
    const f = program.function('f', { x: spec('float32', []) }, ({ x }) => {
      count.assignAdd(constant(1));
      return ops.mul(x, 2);
    });
    const g = program.function('g', [spec('float32', [null])], ([x]) => ops.sum(x, [0]));
    const calls = Array.from({ length: 100 }, (_, i) => i);
    const [doubles, sums] = await Promise.all([
      Promise.all(calls.map(async (i) => (await f({ x: i })).array())),
      Promise.all(calls.map(async (i) => (await g([[i, 1]])).array())),
    ]);
    expect(doubles).toEqual(calls.map((i) => i * 2));
    expect(sums).toEqual(calls.map((i) => i + 1));
    expect((await count.value()).array()).toBe(100);
  });

  test('end well when the program is disposed while they run; later ones are refused', async () => {
    const program = new Program();
    const f = program.function('f', { x: spec('float32', [null, null]) }, ({ x }) => ops.sum(ops.matMul(x, x), [0, 1]));
    await program.initialize();
    const x = tensor(new Float32Array(300 * 300).fill(1), [300, 300]);
    const calls = Array.from({ length: 8 }, () => f({ x }));
    program.dispose();
    const ends = await Promise.allSettled(calls);
    for (const end of ends) {
      if (end.status === 'fulfilled') expect(end.value.array()).toBe(300 ** 3);
      else expect(end.reason).toMatchObject({ code: 'ERR_DISPOSED' });
    }
    await expect(f({ x })).rejects.toThrow(failing('ERR_DISPOSED', /./));
  });
});

test('what an initializer gives is filled once, before the first run', async () => {
  using program = new Program();
  let built = 0;
  const count = program.variable('count', { shape: [], initializer: () => constant(5) });
  program.initializer(() => {
    built += 1;
    count.assignAdd(constant(1));
  });
  const read = program.function('read', {}, () => count.read());
  expect([(await read({})).array(), (await read({})).array(), built]).toEqual([6, 6, 1]);
});

describe('a body that returns nothing', () => {
  test('is there for its effects', async () => {
    using program = new Program();
    const count = program.variable('count', { shape: [], initializer: () => constant(0) });
    const step = program.function('step', {}, () => {
      count.assignAdd(constant(1));
    });
    expect(await step({})).toEqual({});
    await step({});
    expect((await program.values([count]))[0]?.array()).toBe(2);
  });

  test('is refused where it has none', () => {
    using program = new Program();
    expect(() => program.function('f', {}, () => {})).toThrow(
      failing('ERR_ARGUMENT', /^f: the body gives undefined and changes nothing; return outputs\.$/),
    );
  });
});
