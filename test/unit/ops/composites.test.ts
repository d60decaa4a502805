import { describe, expect, test } from 'vitest';
import type { Output } from '../../../src/core/output.js';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';
import { inGraph, run } from './building.js';

const M = [
  [1, 2, 3],
  [4, 5, 6],
];

describe('values, checked by hand', () => {
  test.each<[string, () => Output, unknown]>([
    [
      'add',
      () => ops.add(M, 1),
      [
        [2, 3, 4],
        [5, 6, 7],
      ],
    ],
    ['sub', () => ops.sub([5, 7], [1, 2]), [4, 5]],
    ['mul', () => ops.mul([5, 7], 2), [10, 14]],
    ['div', () => ops.div([1, 3], 2), [0.5, 1.5]],
    ['pow', () => ops.pow([2, 3], 2), [4, 9]],
    ['neg', () => ops.neg([2, -3]), [-2, 3]],
    ['sum of all', () => ops.sum(M), 21],
    ['sum along an axis', () => ops.sum(M, 0), [5, 7, 9]],
    ['sum keeping dims', () => ops.sum(M, -1, { keepDims: true }), [[6], [15]]],
    ['sum along two axes', () => ops.sum(M, [0, 1]), 21],
    ['sum along no axis', () => ops.sum(M, []), M],
    ['mean', () => ops.mean(M, 1), [2, 5]],
    ['max', () => ops.max(M, 1), [3, 6]],
    ['min', () => ops.min(M), 1],
    ['prod', () => ops.prod(M, 1), [6, 120]],
    [
      'any',
      () =>
        ops.any(
          [
            [true, false],
            [false, false],
          ],
          1,
        ),
      [true, false],
    ],
    ['all', () => ops.all([true, false]), false],
    ['cast', () => ops.cast([1.7, -1.7], 'int32'), [1, -1]],
    [
      'reshape',
      () => ops.reshape(M, [3, -1]),
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    ['concat', () => ops.concat([[1, 2], [3]], 0), [1, 2, 3]],
    ['concat of one', () => ops.concat([[1, 2]], 0), [1, 2]],
    [
      'stack',
      () =>
        ops.stack(
          [
            [1, 2],
            [3, 4],
          ],
          1,
        ),
      [
        [1, 3],
        [2, 4],
      ],
    ],
    ['expandDims', () => ops.expandDims([1, 2], 0), [[1, 2]]],
    ['squeeze', () => ops.squeeze([[[1], [2]]]), [1, 2]],
    ['squeeze of one axis', () => ops.squeeze([[[1], [2]]], 0), [[1], [2]]],
    ['zeros', () => ops.zeros([2]), [0, 0]],
    ['ones', () => ops.ones([2], 'bool'), [true, true]],
    ['fill', () => ops.fill([2], 7), [7, 7]],
    ['zerosLike', () => ops.zerosLike([3, 4]), [0, 0]],
    ['onesLike', () => ops.onesLike([3, 4]), [1, 1]],
    [
      'oneHot',
      () => ops.oneHot([2, 0], 3),
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
    ],
    ['oneHot, smoothed', () => ops.oneHot([1], 2, 0.75, 0.25), [[0.25, 0.75]]],
    ['shape', () => ops.shape(M), [2, 3]],
    ['matMul', () => ops.matMul(M, [[1], [0], [2]]), [[7], [16]]],
    ['matMul, transposed', () => ops.matMul([[1, 1]], M, { transposeB: false }), [[5, 7, 9]]],
    ['matMul, transposed b', () => ops.matMul([[1, 1, 1]], M, { transposeB: true }), [[6, 15]]],
    [
      'matMul of batches',
      () =>
        ops.matMul(
          [[[1, 2]], [[3, 4]]],
          [
            [[5], [6]],
            [[7], [8]],
          ],
        ),
      [[[17]], [[53]]],
    ],
    ['matMul of batches, transposed', () => ops.matMul([[[1, 2]]], [[[5, 6]]], { transposeB: true }), [[[17]]]],
    [
      'softmax',
      () =>
        ops.softmax([
          [0, 0],
          [100, 0],
        ]),
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ],
    [
      'softmax along the first axis',
      () =>
        ops.softmax(
          [
            [0, 100],
            [0, 0],
          ],
          0,
        ),
      [
        [0.5, 1],
        [0.5, 0],
      ],
    ],
    ['logSoftmax', () => ops.exp(ops.logSoftmax([[0, 0]])), [[0.5, 0.5]]],
    ['relu', () => ops.relu([-1, 2]), [0, 2]],
    ['sigmoid', () => ops.sigmoid([0]), [0.5]],
    ['tanh', () => ops.tanh([0]), [0]],
    ['gather', () => ops.gather([10, 20, 30], [2, 0]), [30, 10]],
    ['gather along an axis', () => ops.gather(M, [2], 1), [[3], [6]]],
    ['gather in batches', () => ops.gather(M, [[0], [2]], 1, { batchDims: 1 }), [[1], [6]]],
    ['where', () => ops.where([true, false], [1, 2], 9), [1, 9]],
    ['where of one', () => ops.where([false, true, true]), [[1n], [2n]]],
    ['select', () => ops.select([true, false], 1, [7, 8]), [1, 8]],
    ['clipByValue', () => ops.clipByValue([-5, 0.5, 5], 0, 1), [0, 0.5, 1]],
    [
      'transpose',
      () => ops.transpose(M),
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ],
    ],
    [
      'transpose in an order',
      () => ops.transpose([[[1, 2]], [[3, 4]]], [1, 0, 2]),
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
    [
      'slice',
      () => ops.slice(M, [0, 1], [2, 2]),
      [
        [2, 3],
        [5, 6],
      ],
    ],
    ['stridedSlice', () => ops.stridedSlice([1, 2, 3, 4, 5], [1], [4]), [2, 3, 4]],
    [
      'stridedSlice backwards',
      () => ops.stridedSlice([1, 2, 3], [0], [0], [-1], { beginMask: 1, endMask: 1 }),
      [3, 2, 1],
    ],
    ['stridedSlice of one row', () => ops.stridedSlice(M, [1], [2], [1], { shrinkAxisMask: 1 }), [4, 5, 6]],
    ['tile', () => ops.tile([1, 2], [2]), [1, 2, 1, 2]],
    ['range', () => ops.range(0, 3), [0, 1, 2]],
    ['range of halves', () => ops.range(0, 2, 0.5), [0, 0.5, 1, 1.5]],
    ['argMax', () => ops.argMax([[1, 9, 3]], 1), [1n]],
    ['argMin', () => ops.argMin([[4, 9, 3]], 1), [2n]],
    ['identity', () => ops.identity([1]), [1]],
    ['stopGradient', () => ops.stopGradient([1]), [1]],
  ])('%s', (_, build, expected) => expect(run(build)).toEqual(expected));

  test('split into equal parts and into given ones', () => {
    expect(run(() => ops.split(M, 3, 1))).toEqual([
      [[1], [4]],
      [[2], [5]],
      [[3], [6]],
    ]);
    expect(run(() => ops.split([1, 2, 3], [1, 2]))).toEqual([[1], [2, 3]]);
  });

  test('unstack', () =>
    expect(run(() => ops.unstack(M, 1))).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]));
});

test('a plain number follows the dtype beside it', () => {
  const dtypes = inGraph(() => {
    const x = ops.placeholder({ dtype: 'bfloat16', shape: [2] });
    return [
      ops.mul(x, 2),
      ops.add(1, x),
      ops.where([true], x, 0),
      ops.clipByValue(x, 0, 1),
      ops.matMul([[1]], ops.expandDims(x, 0)),
    ];
  }).map((y) => y.dtype);
  expect(dtypes).toEqual(dtypes.map(() => 'bfloat16'));
});

test('cast to its own dtype adds nothing', () => {
  inGraph(() => {
    const x = ops.placeholder({ dtype: 'float32', shape: [2] });
    expect(ops.cast(x, 'float32')).toBe(x);
    expect(ops.cast(x, 'int64').dtype).toBe('int64');
  });
});

test('shapes that are only known when it runs', async () => {
  using program = new Program();
  const f = program.function('f', { x: spec('float32', [null, 2]) }, ({ x }) => {
    const unknown = ops.placeholderWithDefault(x, { shape: null });
    return { sum: ops.sum(unknown), turned: ops.transpose(unknown), zeros: ops.zeros(ops.shape(unknown), 'int32') };
  });
  const { sum, turned, zeros } = await f({
    x: [
      [1, 2],
      [3, 4],
    ],
  });
  expect([sum.array(), turned.array(), zeros.array()]).toEqual([
    10,
    [
      [1, 3],
      [2, 4],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ]);
});

test('a group runs after its members', () => {
  inGraph(() => {
    const first = ops.noOp();
    const second = ops.identity([1]);
    const group = ops.group(first, second);
    expect(group.graph.native.opControlInputs(group.id)).toEqual([first.id, second.op.id]);
  });
});

describe('refusals', () => {
  test('unstack of an unknown length', () => {
    const build = () => inGraph(() => ops.unstack(ops.placeholder({ dtype: 'float32', shape: [null] })));
    expect(build).toThrow(/unstack: axis 0 of 'Placeholder:0' must have a known length/);
  });

  test('softmax along an axis of an unknown rank', () => {
    const build = () => inGraph(() => ops.softmax(ops.placeholder({ dtype: 'float32', shape: null }), 1));
    expect(build).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }));
  });
});
