import type { Output } from '../../../src/core/output.js';
import * as ops from '../../../src/ops/index.js';
import { type Row, testRows } from './checks.js';

const ROWS: readonly Row[] = [
  ['reshape', (x) => ops.reshape(x, [3, -1]), [[2, 3]]],
  ['transpose', (x) => ops.transpose(x, [2, 0, 1]), [[2, 3, 2]]],
  ['expandDims', (x) => ops.expandDims(x, 1), [[2, 3]]],
  ['squeeze', (x) => ops.squeeze(x, [1]), [[2, 1, 3]]],
  ['ensureShape', (x) => ops.ensureShape(x, { shape: [null, 3] }), [[2, 3]]],
  ['squeeze of all', (x) => ops.squeeze(x), [[2, 1, 3, 1]]],
  [
    'concat',
    (x, y) => ops.concat([x, y], 1),
    [
      [2, 2],
      [2, 3],
    ],
  ],
  [
    'concat of the same',
    (x, y) => ops.concat([x, x, y], 0),
    [
      [2, 2],
      [2, 2],
    ],
  ],
  ['concat of one and what depends on it', (x) => ops.concat([x, x, ops.mul(x, 2)], 0), [[2, 2]]],
  [
    'stack',
    (x, y) => ops.stack([x, y], 1),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['unstack', (x) => ops.mul(...(ops.unstack(x, 0) as [Output, Output])), [[2, 3]]],
  ['one of unstack', (x) => ops.unstack(x, 1)[1] as Output, [[2, 3]]],
  ['split', (x) => ops.mul(...(ops.split(x, 2, 1) as [Output, Output])), [[2, 4]]],
  ['one of split', (x) => ops.split(x, 3, 1)[2] as Output, [[2, 3]]],
  ['splitV', (x) => ops.split(x, [1, 3], 1)[1] as Output, [[2, 4]]],
  ['tile', (x) => ops.tile(x, [2, 3]), [[2, 2]]],
  [
    'pad',
    (x) =>
      ops.pad(x, [
        [1, 0],
        [2, 1],
      ]),
    [[2, 2]],
  ],
  [
    'padV2',
    (x) =>
      ops.padV2(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        ops.constant(7, 'float64'),
      ),
    [[2, 2]],
  ],
  [
    'mirrorPad reflect',
    (x) =>
      ops.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        { mode: 'REFLECT' },
      ),
    [[2, 3]],
  ],
  [
    'mirrorPad symmetric',
    (x) =>
      ops.mirrorPad(
        x,
        [
          [1, 0],
          [2, 1],
        ],
        { mode: 'SYMMETRIC' },
      ),
    [[2, 3]],
  ],
  ['slice', (x) => ops.slice(x, [0, 1], [2, -1]), [[3, 3]]],
  ['stridedSlice', (x) => ops.stridedSlice(x, [0, 2], [3, 0], [2, -1]), [[3, 3]]],
  ['stridedSlice shrinking', (x) => ops.stridedSlice(x, [1, 0], [2, 2], [1, 1], { shrinkAxisMask: 1 }), [[3, 3]]],
  [
    'stridedSlice with a new axis',
    (x) => ops.stridedSlice(x, [0, 0, 1], [0, 0, 3], [1, 1, 1], { newAxisMask: 1, beginMask: 2, endMask: 2 }),
    [[3, 3]],
  ],
  ['gather', (x) => ops.gather(x, [2, 0, 2]), [[3, 2]]],
  ['gather from the end', (x) => ops.gather(x, [2, 0, 2], -1), [[2, 3]]],
  [
    'gather along an axis',
    (x) =>
      ops.gather(
        x,
        [
          [1, 0],
          [1, 1],
        ],
        1,
      ),
    [[3, 2]],
  ],
  [
    'gather in batches',
    (x) =>
      ops.gather(
        x,
        [
          [2, 0],
          [1, 1],
        ],
        1,
        { batchDims: 1 },
      ),
    [[2, 3, 2]],
  ],
  [
    'gatherNd',
    (x) =>
      ops.gatherNd(x, [
        [1, 0],
        [0, 1],
        [1, 0],
      ]),
    [[2, 2, 2]],
  ],
  ['reverse', (x) => ops.reverseV2(x, [1]), [[2, 3]]],
  ['roll', (x) => ops.roll(x, [1], [1]), [[2, 3]]],
  ['reverseSequence', (x) => ops.reverseSequence(x, [2, 3], { seqDim: 1, batchDim: 0 }), [[2, 3]]],
  ['broadcastTo', (x) => ops.broadcastTo(x, [2, 3, 2]), [[3, 1]]],
  ['depthToSpace', (x) => ops.depthToSpace(x, { blockSize: 2 }), [[1, 2, 2, 4]]],
  ['spaceToDepth', (x) => ops.spaceToDepth(x, { blockSize: 2 }), [[1, 4, 2, 1]]],
  [
    'batchToSpaceND',
    (x) =>
      ops.batchToSpaceND(
        x,
        [2, 1],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    [[2, 2, 2, 1]],
  ],
  [
    'spaceToBatchND',
    (x) =>
      ops.spaceToBatchND(
        x,
        [2, 1],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    [[1, 3, 2, 1]],
  ],
  [
    'tensorScatterUpdate',
    (x, y) => ops.tensorScatterUpdate(x, [[2], [0]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  [
    'tensorScatterAdd',
    (x, y) => ops.tensorScatterAdd(x, [[2], [2]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  ['scatterNd', (x) => ops.scatterNd([[2], [0]], x, [4, 2]), [[2, 2]]],
  ['unsortedSegmentSum', (x) => ops.unsortedSegmentSum(x, [1, 0, 1], 2), [[3, 2]]],
  ['segmentSum', (x) => ops.segmentSum(x, [0, 0, 1]), [[3, 2]]],
  ['cumsum', (x) => ops.cumsum(x, 1), [[2, 3]]],
  ['cumsum reverse, exclusive', (x) => ops.cumsum(x, 0, { reverse: true, exclusive: true }), [[3, 2]]],
  ['cumprod', (x) => ops.cumprod(x, 1), [[2, 3]]],
  ['sum', (x) => ops.sum(x), [[2, 3]]],
  ['sum along an axis', (x) => ops.sum(x, [-1], { keepDims: true }), [[2, 3]]],
  ['mean', (x) => ops.mean(x, [0, 2]), [[2, 3, 2]]],
  ['max', (x) => ops.max(x, [1]), [[2, 3]]],
  ['min', (x) => ops.min(x, [0], { keepDims: true }), [[2, 3]]],
  ['prod', (x) => ops.prod(x, [1]), [[2, 3]]],
  [
    'addN',
    (x, y) => ops.addN([x, y, x]),
    [
      [2, 2],
      [2, 2],
    ],
  ],
  ['topK', (x) => ops.topKV2(x, 2).values, [[2, 4]]],
  ['unused input', (x, _y) => ops.neg(x), [[2], [2]]],

  ['cumulativeLogsumexp', (x) => ops.cumulativeLogsumexp(x, 1), [[2, 3]]],
  [
    'cumulativeLogsumexp, exclusive, reverse',
    (x) => ops.exp(ops.cumulativeLogsumexp(x, 0, { exclusive: true, reverse: true })),
    [[3, 2]],
  ],
  ['euclideanNorm', (x) => ops.euclideanNorm(x, [1]), [[2, 3]]],
  ['euclideanNorm of all', (x) => ops.euclideanNorm(x, [0, -1], { keepDims: true }), [[2, 3]]],
  [
    'concat, old form',
    (x, y) => ops.applyOp('Concat', [ops.constant(1, 'int32'), [x, y]]).output(),
    [
      [2, 1],
      [2, 3],
    ],
  ],
  [
    'tensorScatterSub',
    (x, y) => ops.tensorScatterSub(x, [[2], [2]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  [
    'tensorScatterMin',
    (x, y) => ops.tensorScatterMin(x, [[2], [1]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  [
    'tensorScatterMax',
    (x, y) => ops.tensorScatterMax(x, [[2], [1]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  [
    'tensorStridedSliceUpdate',
    (x, y) => ops.tensorStridedSliceUpdate(x, [1, 0], [3, 2], [1, 1], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  ['sparseToDense', (x) => ops.sparseToDense([1, 3], [4], x, ops.constant(0, 'float64')), [[2]]],
  [
    'scatterNdNonAliasingAdd',
    (x, y) => ops.scatterNdNonAliasingAdd(x, [[2], [0]], y),
    [
      [3, 2],
      [2, 2],
    ],
  ],
  ['nthElement', (x) => ops.nthElement(x, 1), [[2, 4]]],
  ['linSpace', (x) => ops.linSpace(ops.sum(x), ops.prod(x), 4), [[2]]],
  [
    'dynamicPartition',
    (x) => ops.mul(...(ops.dynamicPartition(x, [1, 0, 1, 0], { numPartitions: 2 }) as [Output, Output])),
    [[4, 2]],
  ],
  [
    'dynamicStitch',
    (x, y) => ops.dynamicStitch([[0, 2], [1]], [x, y]),
    [
      [2, 2],
      [1, 2],
    ],
  ],
  [
    'parallelDynamicStitch',
    (x, y) => ops.parallelDynamicStitch([[0, 2], [1]], [x, y]),
    [
      [2, 2],
      [1, 2],
    ],
  ],
  ['fill', (x) => ops.fill([2, 2], ops.sum(x)), [[2]]],
  ['segmentMean', (x) => ops.segmentMean(x, [0, 0, 2]), [[3, 2]]],
  ['segmentMax', (x) => ops.segmentMax(x, [0, 0, 1]), [[3, 2]]],
  ['segmentMin', (x) => ops.segmentMin(x, [0, 0, 1]), [[3, 2]]],
  ['segmentProd', (x) => ops.segmentProd(x, [0, 0, 1]), [[3, 2]]],
  ['unsortedSegmentMax', (x) => ops.unsortedSegmentMax(x, [1, 0, 1], 2), [[3, 2]]],
  ['unsortedSegmentMin', (x) => ops.unsortedSegmentMin(x, [1, 0, 1], 2), [[3, 2]]],
  ['unsortedSegmentProd', (x) => ops.unsortedSegmentProd(x, [1, 0, 1], 2), [[3, 2]]],
  ['sparseSegmentSum', (x) => ops.sparseSegmentSum(x, [0, 2, 2], [0, 0, 1]), [[3, 2]]],
  ['sparseSegmentMean', (x) => ops.sparseSegmentMean(x, [0, 2, 2], [0, 0, 1]), [[3, 2]]],
  ['sparseSegmentSumWithNumSegments', (x) => ops.sparseSegmentSumWithNumSegments(x, [0, 2, 2], [0, 0, 1], 3), [[3, 2]]],
  ['sparseSegmentMeanWithNumSegments', (x) => ops.sparseSegmentMeanWithNumSegments(x, [0, 2], [0, 2], 3), [[3, 2]]],
  ['sparseSegmentSqrtNWithNumSegments', (x) => ops.sparseSegmentSqrtNWithNumSegments(x, [0, 2], [1, 1], 3), [[3, 2]]],
  ['sparseSegmentSqrtN', (x) => ops.sparseSegmentSqrtN(x, [0, 2, 2], [0, 0, 1]), [[3, 2]]],
];

testRows(ROWS);
