import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { input, rule } from '../rule.js';

// Segments in order.
rule('SegmentMean', (_, dy, inputs) => {
  const ids = input(inputs, 1);
  const counts = ops.segmentSum(ops.cast(ops.onesLike(ids), dy.dtype), ids);
  return [ops.gather(perRow(dy, counts), ids)];
});
for (const type of ['SegmentMin', 'SegmentMax']) {
  rule(type, (op, dy, inputs) => {
    const [x, ids] = [input(inputs, 0), input(inputs, 1)];
    const chosen = ops.cast(ops.equal(ops.gather(op.output(), ids), x), dy.dtype);
    const [segments] = [ops.reshape(ops.slice(ops.shape(dy), [0], [1]), [])];
    const counts = ops.unsortedSegmentSum(chosen, ids, segments);
    return [ops.mul(chosen, ops.gather(ops.divNoNan(dy, counts), ids))];
  });
}
rule('SegmentProd', (op, dy, inputs) => {
  const [x, ids] = [input(inputs, 0), input(inputs, 1)];
  const segments = ops.reshape(ops.slice(ops.shape(dy), [0], [1]), []);
  return [ops.mul(ops.gather(dy, ids), productOfOthers(x, ids, segments, op.output()))];
});

// Segments in any order; rows with a negative number belong to none.
rule('UnsortedSegmentProd', (op, dy, inputs) => {
  const [x, ids, segments] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  return [ops.mul(rowsOf(dy, ids), productOfOthers(x, ids, segments, op.output()))];
});

// Sums of chosen rows.
const SPARSE = { Sum: (count: Output) => ops.onesLike(count), Mean: (count: Output) => count, SqrtN: ops.sqrt };
for (const [name, divisor] of Object.entries(SPARSE)) {
  rule([`SparseSegment${name}`, `SparseSegment${name}WithNumSegments`], (_, dy, inputs) => {
    const [x, indices, ids] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
    const segments = ops.reshape(ops.slice(ops.shape(dy), [0], [1]), []);
    const counts = ops.unsortedSegmentSum(ops.cast(ops.onesLike(ids), dy.dtype), ids, segments);
    const rows = ops.gather(perRow(dy, ops.maximum(divisor(counts), 1)), ids);
    return [ops.unsortedSegmentSum(rows, indices, ops.reshape(ops.slice(ops.shape(x), [0], [1]), []))];
  });
}

/** Each row divided by its number. */
function perRow(x: Output, divisors: Output): Output {
  const ones = ops.ones(ops.expandDims(ops.sub(ops.rank(x), 1), 0), 'int32');
  return ops.realDiv(x, ops.reshape(divisors, ops.concat([ops.shape(divisors), ones], 0)));
}

/** Row `ids` of x; zeros for a negative number. */
function rowsOf(x: Output, ids: Output): Output {
  const rows = ops.gather(x, ops.maximum(ids, ops.zerosLike(ids)));
  const ones = ops.ones(ops.expandDims(ops.sub(ops.rank(x), 1), 0), 'int32');
  const isIn = ops.reshape(ops.greaterEqual(ids, ops.zerosLike(ids)), ops.concat([ops.shape(ids), ones], 0));
  return ops.selectV2(isIn, rows, ops.zerosLike(rows));
}

/** For each value the product of the others in its segment, right where values are 0. */
function productOfOthers(x: Output, ids: Output, segments: Output, product: Output): Output {
  const isZero = ops.equal(x, 0);
  const zeros = rowsOf(ops.unsortedSegmentSum(ops.cast(isZero, x.dtype), ids, segments), ids);
  const safe = ops.selectV2(isZero, ops.onesLike(x), x);
  const withoutZeros = rowsOf(ops.unsortedSegmentProd(safe, ids, segments), ids);
  const others = ops.selectV2(isZero, withoutZeros, ops.realDiv(rowsOf(product, ids), safe));
  return ops.selectV2(ops.greater(zeros, 1), ops.zerosLike(x), others);
}
