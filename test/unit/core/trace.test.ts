import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { withControls } from '../../../src/core/scope.js';
import type { Variable } from '../../../src/core/variable.js';
import * as ops from '../../../src/ops/index.js';

/** What a function of one variable v = 1 gives, in each of `times` runs. */
async function run(body: (v: Variable) => Record<string, Output>, times = 1): Promise<unknown[]> {
  using program = new Program({ seed: 1 });
  const v = program.variable('v', { shape: [], initializer: () => constant(1) });
  const call = program.function('run', {}, () => body(v));
  const results: unknown[] = [];
  for (let i = 0; i < times; i++) {
    const entries = Object.entries(await call({})).map(([key, tensor]) => [key, tensor.array()]);
    results.push(Object.fromEntries(entries));
  }
  return results;
}

describe('a function happens in program order', () => {
  test('an update, then a read', async () => {
    const body = (v: Variable) => {
      v.assign(constant(5));
      return { after: v.read() };
    };
    expect(await run(body)).toEqual([{ after: 5 }]);
  });

  test('read, update, read', async () => {
    const body = (v: Variable) => {
      const before = v.read();
      v.assignAdd(constant(1));
      return { before, after: v.read() };
    };
    expect(await run(body, 3)).toEqual([
      { before: 1, after: 2 },
      { before: 2, after: 3 },
      { before: 3, after: 4 },
    ]);
  });

  test('updates that do not commute', async () => {
    const body = (v: Variable) => {
      v.assign(ops.mul(v.read(), 3));
      v.assignAdd(constant(1));
      v.assign(ops.mul(v.read(), 10));
      return { after: v.read() };
    };
    expect(await run(body, 20)).toEqual(
      Array.from({ length: 20 }, (_, i, last = runs(i)) => ({ after: Math.fround(last) })),
    );
    function runs(i: number): number {
      return Array.from({ length: i + 1 }).reduce<number>(
        (x) => Math.fround(Math.fround(Math.fround(x * 3) + 1) * 10),
        1,
      );
    }
  });

  test('a read that nothing but its place orders', async () => {
    const body = (v: Variable) => {
      const reads: Record<string, Output> = {};
      for (let i = 0; i < 10; i++) {
        reads[`read${i}`] = v.read();
        v.assignAdd(constant(1));
      }
      return reads;
    };
    expect(await run(body)).toEqual([Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`read${i}`, i + 1]))]);
  });

  test('updates by raw ops on the handle', async () => {
    const body = (v: Variable) => {
      const before = v.read();
      ops.resourceApplyGradientDescent(v.handle, constant(0.5), constant(2));
      return { before, after: v.read() };
    };
    expect(await run(body)).toEqual([{ before: 1, after: 0 }]);
  });
});

describe('effects', () => {
  test('run although nothing of them is fetched', async () => {
    using program = new Program({ seed: 1 });
    const v = program.variable('v', { shape: [], initializer: () => constant(1) });
    const step = program.function('step', {}, () => {
      v.assignAdd(constant(1));
      return { unrelated: constant(7) };
    });
    expect(step.effects.map(({ type }) => type)).toEqual(['AssignAddVariableOp']);
    for (let i = 0; i < 3; i++) expect((await step({})).unrelated.array()).toBe(7);
    expect((await v.value()).array()).toBe(4);
  });

  test('run in a function without outputs', async () => {
    using program = new Program({ seed: 1 });
    const v = program.variable('v', { shape: [], initializer: () => constant(1) });
    const step = program.function('step', {}, () => {
      v.assign([5][0] ?? 0);
      return {};
    });
    expect(await step({})).toEqual({});
    expect((await v.value()).array()).toBe(5);
  });

  test('a failed assertion fails the run', async () => {
    using program = new Program({ seed: 1 });
    const checked = program.function('checked', {}, () => {
      ops.assert(constant(false), [constant('too small')]);
      return { y: constant(1) };
    });
    await expect(checked({})).rejects.toMatchObject({
      code: 'TF_INVALID_ARGUMENT',
      message: expect.stringContaining('too small'),
    });
  });

  test('reads and random ops are none', () => {
    using program = new Program({ seed: 1 });
    const v = program.variable('v', { shape: [], initializer: () => constant(1) });
    const { effects } = program.trace('run', {}, () => ({
      y: ops.add(v.read(), ops.randomUniform([], { dtype: 'float32' })),
    }));
    expect(effects).toEqual([]);
  });
});

describe('reads', () => {
  test('one until the next update, however often asked for', () => {
    using program = new Program({ seed: 1 });
    const v = program.variable('v', { shape: [], initializer: () => constant(1) });
    program.trace('run', {}, () => {
      const first = v.read();
      expect(v.read()).toBe(first);
      v.assignAdd(constant(1));
      const second = v.read();
      expect(second).not.toBe(first);
      expect(ops.neg(v).op.inputs[0]).toBe(second);
      return {};
    });
  });

  test('one for each function', () => {
    using program = new Program({ seed: 1 });
    const v = program.variable('v', { shape: [], initializer: () => constant(1) });
    const read = () => program.trace('run', {}, () => ({ y: v.read() })).outputs.y;
    expect(read()).not.toBe(read());
  });

  test('of one variable do not wait for updates of another', () => {
    using program = new Program({ seed: 1 });
    const [a, b] = ['a', 'b'].map((name) => program.variable(name, { shape: [], initializer: () => constant(1) }));
    program.trace('run', {}, () => {
      b?.assign(constant(2));
      const read = a?.read();
      expect(read && program.graph.native.opControlInputs(read.op.id)).toEqual([]);
      return {};
    });
  });

  test('keep control inputs asked for', async () => {
    using program = new Program({ seed: 1 });
    const run = program.function('run', {}, () => {
      const check = ops.assert(constant(false), [constant('first')]);
      return { y: withControls([check], () => constant(1)) };
    });
    await expect(run({})).rejects.toMatchObject({ message: expect.stringContaining('first') });
  });
});
