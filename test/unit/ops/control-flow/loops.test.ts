import { describe, expect, test } from 'vitest';
import type { Output } from '../../../../src/core/output.js';
import { Program } from '../../../../src/core/program.js';
import { statelessRandom } from '../../../../src/core/random.js';
import { spec } from '../../../../src/core/spec.js';
import * as ops from '../../../../src/ops/index.js';
import { refusal, runs } from './building.js';

const int = (value: number) => ops.constant(value, 'int32');
const below = (n: number) => (i: Output) => ops.less(i, n);
const uniform = () => statelessRandom('StatelessRandomUniformV2', ops.constant([2], 'int32'), 'float32');

describe('whileLoop', () => {
  test('gives the last values of its variables, in their structure', async () => {
    const build = () => {
      const first = { i: int(0), pair: [ops.constant([1, 2]), ops.constant('a')] as const };
      const { i, pair } = ops.whileLoop(
        ({ i }) => ops.less(i, 4),
        ({ i, pair: [x, text] }) => ({ i: ops.add(i, 1), pair: [ops.mul(x, 2), ops.stringJoin([text, 'b'])] as const }),
        first,
      );
      return { i, x: pair[0], text: pair[1] };
    };
    expect(await runs(build)).toEqual([{ i: 4, x: [16, 32], text: 'abbbb' }]);
  });

  test('may not run at all, and stops at maximumIterations', async () => {
    const next = (i: Output) => ops.add(i, 1);
    const build = () => ({
      none: ops.whileLoop(below(0), next, int(0)),
      all: ops.whileLoop(below(5), next, int(0), { maximumIterations: 9 }),
      some: ops.whileLoop(below(5), next, int(0), { maximumIterations: 3 }),
      open: ops.whileLoop(below(5), next, int(0), { maximumIterations: ops.add(int(1), 1) }),
    });
    expect(await runs(build)).toEqual([{ none: 0, all: 5, some: 3, open: 2 }]);
  });

  test('updates variables in order, iteration by iteration', async () => {
    const build = (program: Program) => {
      const v = program.variable('v', { shape: [], initializer: () => ops.constant(1) });
      const trail = ops.whileLoop(
        ([i]) => ops.less(i, 3),
        ([i, trail]) => {
          v.assign(ops.mul(v.read(), 2));
          const seen = v.read();
          v.assignAdd(ops.constant(1));
          return [ops.add(i, 1), ops.add(ops.mul(trail, 100), seen)] as const;
        },
        [int(0), ops.constant(0)] as const,
      )[1];
      return { trail, after: v.read() };
    };
    expect(await runs(build)).toEqual([{ trail: 20614, after: 15 }]);
  });

  test('a variable read by the condition stops it', async () => {
    const build = (program: Program) => {
      const v = program.variable('v', { shape: [], initializer: () => ops.constant(0) });
      const count = ops.whileLoop(
        () => ops.less(v.read(), 5),
        (count) => {
          v.assignAdd(ops.constant(2));
          return ops.add(count, 1);
        },
        int(0),
      );
      return { count };
    };
    expect(await runs(build, 2)).toEqual([{ count: 3 }, { count: 0 }]);
  });

  test('a shape may change where shapeInvariants say so', async () => {
    const build = () => {
      const { x } = ops.whileLoop(
        ({ i }) => ops.less(i, 3),
        ({ i, x }) => ({ i: ops.add(i, 1), x: ops.concat([x, x], 0) }),
        { i: int(0), x: ops.constant([1]) },
        { shapeInvariants: { i: [], x: [null] } },
      );
      return { x };
    };
    expect(await runs(build)).toEqual([{ x: Array(8).fill(1) }]);
  });

  const first = () => ({ i: int(0), x: ops.constant([1, 2]) });
  const loop =
    (body: (vars: { i: Output; x: Output }) => unknown, options = {}) =>
    () =>
      ops.whileLoop(
        ({ i }) => ops.less(i, 3),
        body as (vars: { i: Output; x: Output }) => { i: Output; x: Output },
        first(),
        options,
      );
  test.each([
    ['another structure', loop(({ i }) => ({ i })), 'ERR_ARGUMENT', "'x'"],
    ['another dtype', loop(({ i }) => ({ i, x: i })), 'ERR_DTYPE', "'x' is float32"],
    [
      'another shape',
      loop(({ i, x }) => ({ i, x: ops.concat([x, x], 0) })),
      'ERR_SHAPE',
      "'x' is [2] when an iteration starts and [4] after it; give shapeInvariants",
    ],
    ['an async body', loop(async (vars) => vars), 'ERR_ARGUMENT', 'async'],
    [
      'an invariant that the first value breaks',
      loop((vars) => vars, { shapeInvariants: { i: [], x: [3] } }),
      'ERR_SHAPE',
      "'x' starts as [2]",
    ],
    [
      'invariants of another structure',
      loop((vars) => vars, { shapeInvariants: { i: [] } }),
      'ERR_ARGUMENT',
      'shapeInvariants',
    ],
    [
      'a condition that is a number',
      () =>
        ops.whileLoop(
          (i) => i,
          (i) => i,
          int(0),
        ),
      'ERR_DTYPE',
      'bool',
    ],
  ])('refuses %s', (_, build, code, message) => {
    expect(refusal(build)).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('mapFn and scan', () => {
  test('mapFn stacks what the function gives of each element', async () => {
    const build = () => {
      const xs = {
        a: ops.constant([
          [1, 2],
          [3, 4],
        ]),
        b: ops.constant(['x', 'y']),
      };
      const [sum, text] = ops.mapFn(({ a, b }) => [ops.sum(a), ops.stringJoin([b, '!'])] as const, xs);
      return { sum, text };
    };
    expect(await runs(build)).toEqual([{ sum: [3, 7], text: ['x!', 'y!'] }]);
  });

  test('scan stacks the carries; reversed it starts at the end', async () => {
    const build = () => {
      const xs = ops.constant([1, 2, 3]);
      const append = (sum: Output, x: Output) => ops.add(ops.mul(sum, 10), x);
      return {
        forward: ops.scan(append, xs, ops.constant(0)),
        backward: ops.scan(append, xs, ops.constant(0), { reverse: true }),
      };
    };
    expect(await runs(build)).toEqual([{ forward: [1, 12, 123], backward: [321, 32, 3] }]);
  });

  test('the number of elements may be open, and none', async () => {
    using program = new Program();
    const run = program.function('run', { xs: spec('float32', [null]) }, ({ xs }) =>
      ops.mapFn((x) => ops.mul(x, x), xs),
    );
    expect((await run({ xs: [1, 2, 3] })).array()).toEqual([1, 4, 9]);
    expect((await run({ xs: [] })).array()).toEqual([]);
  });

  test('known lengths are known in the result', () => {
    using program = new Program();
    const { outputs } = program.function('run', {}, () => ({ y: ops.mapFn((x) => ops.sum(x), ops.zeros([5, 2])) }));
    expect(outputs.y.shape).toEqual([5]);
  });

  test.each([
    ['a scalar', () => ops.mapFn((x) => x, ops.constant(1)), 'ERR_SHAPE'],
    ['no elements', () => ops.mapFn(() => ops.constant(1), {}), 'ERR_ARGUMENT'],
    ['lengths that differ', () => ops.mapFn(([x]) => x as Output, [ops.zeros([2]), ops.zeros([3])]), 'ERR_SHAPE'],
    ['a carry of another shape', () => ops.scan((_, x) => x, ops.zeros([2, 2]), ops.constant(0)), 'ERR_SHAPE'],
    [
      'a carry of another dtype',
      () => ops.scan((_, x) => ops.cast(x, 'int32'), ops.zeros([2]), ops.constant(0)),
      'ERR_DTYPE',
    ],
  ])('refuse %s', (_, build, code) => {
    expect(refusal(build)).toMatchObject({ code });
  });
});

describe('random numbers in bodies', () => {
  const build = () => {
    const xs = ops.zeros([3]);
    return {
      outside: uniform(),
      branch: ops.cond(true, uniform, uniform),
      loop: ops.mapFn(uniform, xs),
      nested: ops.mapFn(() => ops.mapFn(uniform, xs), xs),
    };
  };

  test('differ from op to op, from iteration to iteration, from run to run', async () => {
    const drawn = (await runs(build, 3)).flatMap((result) => Object.values(result).flat(Number.POSITIVE_INFINITY));
    expect(drawn).toHaveLength(3 * (2 + 2 + 6 + 18));
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('repeat with the seed, bit for bit', async () => {
    expect(await runs(build, 2, 7)).toEqual(await runs(build, 2, 7));
    expect(await runs(build, 1, 7)).not.toEqual(await runs(build, 1, 8));
  });
});
