import { describe, expect, test } from 'vitest';
import { constant } from '../../../src/core/constant.js';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { replay } from '../../../src/core/replay.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';

const x = spec('float32', [null]);
const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('a function’s nodes again', () => {
  test('on other inputs, of another length and structure', async () => {
    using program = new Program();
    const pair = program.function('pair', { a: x, b: [x] }, ({ a, b }) => ({
      sum: ops.add(a, b[0]),
      rest: [ops.mul(a, 2)],
    }));
    const twice = program.function('twice', { a: x }, ({ a }) => {
      const [sum, double] = replay(pair, [a, ops.neg(a)]) as [Output, Output];
      return { sum, double, again: replay(pair, [double, double])[0] as Output };
    });
    const { sum, double, again } = await twice({ a: [1, 2] });
    expect([sum.array(), double.array(), again.array()]).toEqual([[0, 0], [2, 4], [4, 8]]); // biome-ignore format: short
    expect((await pair({ a: [1], b: [[5]] })).sum.array()).toEqual([6]);
  });

  test('shares what does not depend on its inputs: variables keep one value', async () => {
    using program = new Program();
    const w = program.variable('w', { shape: [], initializer: () => constant(3) });
    const scale = program.function('scale', x, (x) => ops.mul(x, w.read()));
    const other = program.function('other', x, (x) => replay(scale, [x])[0] as Output);
    await w.assign(5);
    expect((await other([2])).array()).toEqual([10]);
    expect(program.graph.operations().filter(({ type }) => type === 'VarHandleOp')).toHaveLength(2);
  });

  test('gives an input back, and a result that depends on nothing', async () => {
    using program = new Program();
    const plain = program.function('plain', x, (x) => [x, ops.constant([7])]);
    const other = program.function('other', x, (x) => replay(plain, [ops.neg(x)]));
    expect((await other([1])).map((value) => value.array())).toEqual([[-1], [7]]);
  });

  test('refuses inputs of another program', () => {
    using program = new Program();
    using stranger = new Program();
    const plain = program.function('plain', x, (x) => ops.neg(x));
    const foreign = stranger.function('foreign', x, (x) => ops.neg(x));
    expect(() => program.function('other', {}, () => replay(plain, [foreign.outputs]))).toThrow(
      failing('ERR_GRAPH', /plain/),
    );
    expect(() => replay(plain, [])).toThrow(failing('ERR_GRAPH', /no graph/));
  });
});
