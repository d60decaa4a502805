import { describe, expect, test } from 'vitest';
import { Program } from '../../../../src/core/program.js';
import { spec } from '../../../../src/core/spec.js';
import * as ops from '../../../../src/ops/index.js';
import { refusal, runs } from './building.js';

describe('cond', () => {
  test('gives what the chosen function gives, in its structure', async () => {
    using program = new Program();
    const run = program.function('run', { x: spec('float32', []) }, ({ x }) =>
      ops.cond(
        ops.greater(x, 0),
        () => ({ value: x, list: [ops.mul(x, 2), ops.constant('positive')] }),
        () => ({ value: ops.neg(x), list: [x, ops.constant('negative')] }),
      ),
    );
    const at = async (x: number) => {
      const { value, list } = await run({ x });
      return [value.array(), ...list.map((one) => one.array())];
    };
    expect(await at(3)).toEqual([3, 6, 'positive']);
    expect(await at(-3)).toEqual([3, -3, 'negative']);
  });

  test('runs the effects of the chosen function only, in program order', async () => {
    const build = (program: Program) => {
      const v = program.variable('v', { shape: [], initializer: () => ops.constant(1) });
      const before = v.read();
      ops.cond(
        ops.less(before, 3),
        () => {
          v.assignAdd(ops.constant(1));
          return {};
        },
        () => {
          v.assign(ops.constant(0));
          return {};
        },
      );
      return { before, after: v.read() };
    };
    expect(await runs(build, 3)).toEqual([
      { before: 1, after: 2 },
      { before: 2, after: 3 },
      { before: 3, after: 0 },
    ]);
  });

  test('that only reads a variable comes after updates before it, and before those after it', async () => {
    const build = (program: Program) => {
      const v = program.variable('v', { shape: [], initializer: () => ops.constant(1) });
      v.assign(ops.constant(5));
      const seen = ops.cond(
        true,
        () => ops.mul(v.read(), 10),
        () => v.read(),
      );
      v.assign(ops.constant(7));
      return { seen };
    };
    expect(await runs(build)).toEqual([{ seen: 50 }]);
  });

  test('shapes that differ are unknown in the result', () => {
    using program = new Program();
    const { outputs } = program.function('run', {}, () => ({
      y: ops.cond(
        true,
        () => ops.zeros([2, 3]),
        () => ops.zeros([2, 4]),
      ),
    }));
    expect(outputs.y.shape).toEqual([2, null]);
  });

  test.each([
    [
      'other dtypes',
      () =>
        ops.cond(
          true,
          () => ({ a: ops.constant(1) }),
          () => ({ a: ops.constant(1, 'int32') }),
        ),
      'ERR_DTYPE',
      "'a' is float32 in the then-branch and int32 in the else-branch",
    ],
    [
      'other structures',
      () =>
        ops.cond<Record<string, never>>(
          true,
          () => ({ a: ops.constant(1) }) as never,
          () => ({ b: ops.constant(1) }) as never,
        ),
      'ERR_ARGUMENT',
      "'b'",
    ],
    [
      'an async branch',
      () => ops.cond(true, (async () => ops.constant(1)) as never, () => ops.constant(1)),
      'ERR_ARGUMENT',
      'async',
    ],
    [
      'a condition that is a number',
      () =>
        ops.cond(
          1,
          () => ops.constant(1),
          () => ops.constant(1),
        ),
      'ERR_DTYPE',
      'bool',
    ],
    [
      'a condition that is no scalar',
      () =>
        ops.cond(
          [true],
          () => ops.constant(1),
          () => ops.constant(1),
        ),
      'ERR_SHAPE',
      'scalar',
    ],
    [
      'a value',
      () =>
        ops.cond(
          true,
          () => ops.constant(1),
          () => 3 as never,
        ),
      'ERR_ARGUMENT',
      '3',
    ],
  ])('refuses %s', (_, build, code, message) => {
    expect(refusal(build)).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('caseOf', () => {
  test.each([
    [0, 10],
    [1, 20],
    [2, 20],
    [-1, 20],
  ])('index %i without a default', async (index, y) => {
    const branches = [() => ops.constant(10), () => ops.constant(20)];
    expect(await runs(() => ({ y: ops.caseOf(index, branches) }))).toEqual([{ y }]);
  });

  test('runs the default where the index is out of range', async () => {
    const branches = [() => ops.constant(10), () => ops.constant(20)];
    const build = () => ({
      inside: ops.caseOf(1, branches, () => ops.constant(0)),
      outside: ops.caseOf(2, branches, () => ops.constant(0)),
    });
    expect(await runs(build)).toEqual([{ inside: 20, outside: 0 }]);
  });

  test('refuses no branches, and an index that is not int32', () => {
    expect(refusal(() => ops.caseOf(0, []))).toMatchObject({ code: 'ERR_ARGUMENT' });
    expect(refusal(() => ops.caseOf(ops.constant(0.5), [() => ops.constant(1)]))).toMatchObject({ code: 'ERR_DTYPE' });
  });
});
