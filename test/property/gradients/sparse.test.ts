import { tensor } from '../../../src/core/tensor.js';
import * as ops from '../../../src/ops/index.js';
import { positive, type Row, testRows } from './checks.js';

const indices = (rows: readonly (readonly number[])[]) =>
  tensor(rows.flat().map(BigInt), [rows.length, rows[0]?.length ?? 0], 'int64');
const whole = (...sizes: number[]) => tensor(sizes.map(BigInt), [sizes.length], 'int64');

/** Of a matrix of 3 × 4: a full row, an empty one, a sparse one. */
const PLACES = indices([
  [0, 0],
  [0, 1],
  [0, 3],
  [2, 1],
]);
const OTHERS = indices([
  [0, 1],
  [1, 2],
]);
const SHAPE = whole(3, 4);

const ROWS: readonly Row[] = [
  ['sparseTensorDenseAdd', (v, d) => ops.sparseTensorDenseAdd(PLACES, v, SHAPE, d), [[4], [3, 4]]],
  ['sparseDenseCwiseAdd', (v, d) => ops.sparseDenseCwiseAdd(PLACES, v, SHAPE, d), [[4], [3, 4]]],
  ['sparseDenseCwiseMul', (v, d) => ops.sparseDenseCwiseMul(PLACES, v, SHAPE, d), [[4], [3, 4]]],
  ['sparseDenseCwiseMul, a row for all', (v, d) => ops.sparseDenseCwiseMul(PLACES, v, SHAPE, d), [[4], [4]]],
  ['sparseDenseCwiseMul, a column for all', (v, d) => ops.sparseDenseCwiseMul(PLACES, v, SHAPE, d), [[4], [3, 1]]],
  ['sparseDenseCwiseDiv', (v, d) => ops.sparseDenseCwiseDiv(PLACES, v, SHAPE, d), [[4], [3, 1]], [positive, positive]],
  ['sparseReduceSum', (v) => ops.sparseReduceSum(PLACES, v, SHAPE, [-1]), [[4]]],
  ['sparseReduceSum, kept', (v) => ops.sparseReduceSum(PLACES, v, SHAPE, [0], { keepDims: true }), [[4]]],
  ['sparseReduceSum of all', (v) => ops.sparseReduceSum(PLACES, v, SHAPE, [0, 1]), [[4]]],
  ['sparseSoftmax', (v) => ops.sparseSoftmax(PLACES, v, SHAPE), [[4]]],
  [
    'sparseAdd',
    (v, w) => ops.sparseAdd(PLACES, v, SHAPE, OTHERS, w, SHAPE, ops.constant(0, 'float64')).sumValues,
    [[4], [2]],
  ],
  ['sparseSlice', (v) => ops.sparseSlice(PLACES, v, SHAPE, whole(0, 1), whole(3, 2)).outputValues, [[4]]],
  ['sparseFillEmptyRows', (v, d) => ops.sparseFillEmptyRows(PLACES, v, SHAPE, ops.sum(d)).outputValues, [[4], [1]]],
  [
    'sparseReorder',
    (v) => {
      const mixed = indices([
        [2, 1],
        [0, 3],
        [0, 0],
        [0, 1],
      ]);
      return ops.sparseReorder(mixed, v, SHAPE).outputValues;
    },
    [[4]],
  ],
];

const TWICE = new Set(['sparseAdd', 'sparseSlice', 'sparseFillEmptyRows']);

testRows(
  ROWS.filter(([name]) => !TWICE.has(name)),
  ROWS.filter(([name]) => TWICE.has(name)),
);
