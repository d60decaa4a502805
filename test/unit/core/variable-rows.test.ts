import { expect, test } from 'vitest';
import { sparseGradients } from '../../../src/autodiff/gradients.js';
import { IndexedSlices } from '../../../src/autodiff/indexed-slices.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';

function table(program: Program) {
  return program.variable('table', {
    shape: [3, 2],
    initializer: () =>
      ops.constant([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
  });
}

test('rows are gathered, set and added to, in program order', async () => {
  using program = new Program();
  const rows = table(program);
  const f = program.function('f', { at: spec('int32', [null]) }, ({ at }) => {
    const before = rows.gather(at);
    rows.scatterUpdate(at, ops.mul(before, 10));
    rows.scatterAdd(ops.constant([2, 2], 'int32'), ops.ones([2, 2]));
    return { before, after: rows.gather(at), shape: ops.shape(before) };
  });
  const { before, after } = await f({ at: [0, 2] });
  expect(before.array()).toEqual([
    [1, 2],
    [5, 6],
  ]);
  expect(after.array()).toEqual([
    [10, 20],
    [52, 62],
  ]);
  expect((await rows.value()).array()).toEqual([
    [10, 20],
    [3, 4],
    [52, 62],
  ]);
});

test('what is gathered has a known shape, and a gradient of rows', async () => {
  using program = new Program();
  const rows = table(program);
  program.function('f', { at: spec('int32', [4]) }, ({ at }) => {
    const y = rows.gather(at);
    expect(y.shape).toEqual([4, 2]);
    expect(sparseGradients(y, [rows])[0]).toBeInstanceOf(IndexedSlices);
    return { y };
  });
});

test('assignSub takes away', async () => {
  using program = new Program();
  const w = program.variable('w', { shape: [2], initializer: () => ops.constant([3, 5]) });
  await program.function('f', {}, () => {
    w.assignSub(ops.constant([1, 2]));
    return {};
  })({});
  expect((await w.value()).array()).toEqual([2, 3]);
});
