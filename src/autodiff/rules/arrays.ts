import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { boolAttr, companion } from '../attributes.js';
import { rankOf, shapeOf } from '../broadcasting.js';
import { input, rule } from '../rule.js';

rule('Reshape', (_, dy, inputs) => [ops.reshape(dy, shapeOf(input(inputs, 0))), null]);
rule('TensorScatterAdd', (_, dy, inputs) => [dy, null, ops.gatherNd(dy, input(inputs, 1))]);
rule('TensorScatterUpdate', (_, dy, inputs) => {
  const [indices, updates] = [input(inputs, 1), input(inputs, 2)];
  return [ops.tensorScatterUpdate(dy, indices, ops.zerosLike(updates)), null, ops.gatherNd(dy, indices)];
});
rule('TopKV2', (op, dy, inputs) => {
  const depth = ops.squeeze(ops.slice(ops.shape(input(inputs, 0)), [-1 + rankOf(input(inputs, 0))], [1]), [0]);
  const chosen = ops.oneHot(op.output(1), depth, ops.constant(1, dy.dtype), ops.constant(0, dy.dtype));
  return [ops.sum(ops.mul(chosen, ops.expandDims(dy, -1)), -2), null];
});
rule('Cumprod', (op, dy, inputs) => {
  const [x, axis] = [input(inputs, 0), input(inputs, 1)];
  const attrs = { exclusive: boolAttr(op, 'exclusive'), reverse: !boolAttr(op, 'reverse') };
  return [ops.divNoNan(ops.cumsum(ops.mul(op.output(), dy), axis, attrs), x), null];
});
rule('CumulativeLogsumexp', (op, dy, inputs) => {
  const [x, axis] = [input(inputs, 0), input(inputs, 1)];
  const attrs = { exclusive: boolAttr(op, 'exclusive'), reverse: !boolAttr(op, 'reverse') };
  // Why: the shares e^(xᵢ − yⱼ) are summed as logarithms, positive and negative ones apart, so that none overflows.
  const part = (size: Output): Output => {
    const none = ops.mul(ops.onesLike(x), -1e30);
    const isThere = ops.greater(size, 0);
    const log = ops.log(ops.selectV2(isThere, size, ops.onesLike(size)));
    const logs = ops.selectV2(isThere, ops.sub(log, ops.selectV2(isThere, op.output(), none)), none);
    return ops.exp(ops.add(ops.cumulativeLogsumexp(logs, axis, attrs), x));
  };
  return [ops.sub(part(dy), part(ops.neg(dy))), null];
});
rule('EuclideanNorm', (op, dy, inputs) => {
  const [x, axes] = [input(inputs, 0), input(inputs, 1)];
  const shape = ops.shape(x);
  const places = ops.floorMod(ops.cast(axes, 'int32'), ops.rank(x));
  const kept = ops.dynamicStitch([ops.range(0, ops.rank(x), 1), places], [shape, ops.onesLike(places)]);
  const [length, by] = [ops.reshape(op.output(), kept), ops.reshape(dy, kept)];
  return [ops.mul(ops.divNoNan(x, length), by), null];
});
rule('ConjugateTranspose', (_, dy, inputs) => [
  ops.conjugateTranspose(dy, ops.invertPermutation(input(inputs, 1))),
  null,
]);
rule('Reverse', (_, dy, inputs) => [ops.reverse(dy, input(inputs, 1)), null]);
rule('Concat', (_, dy, inputs) => {
  const [axis, ...values] = inputs;
  const starts = ops.concatOffset(
    axis as Output,
    values.map((x) => ops.shape(x)),
  );
  return [null, ...values.map((x, i) => ops.slice(dy, starts[i] as Output, ops.shape(x)))];
});
rule('TensorScatterSub', (_, dy, inputs) => [dy, null, ops.neg(ops.gatherNd(dy, input(inputs, 1)))]);
rule(['TensorScatterMin', 'TensorScatterMax'], (op, dy, inputs) => {
  const [x, indices, updates] = [input(inputs, 0), input(inputs, 1), input(inputs, 2)];
  const ofX = ops.cast(ops.equal(op.output(), x), dy.dtype);
  const ofUpdates = ops.cast(ops.equal(updates, ops.gatherNd(op.output(), indices)), dy.dtype);
  // Why: those that are equally small share the gradient.
  const counts = ops.maximum(ops.tensorScatterAdd(ofX, indices, ofUpdates), 1);
  const share = ops.realDiv(dy, counts);
  return [ops.mul(share, ofX), null, ops.mul(ops.gatherNd(share, indices), ofUpdates)];
});
rule('TensorStridedSliceUpdate', (op, dy, inputs) => {
  const [begin, end, strides, value] = [input(inputs, 1), input(inputs, 2), input(inputs, 3), input(inputs, 4)];
  return [
    companion(op, op.type, [dy, begin, end, strides, ops.zerosLike(value)]).output(),
    null,
    null,
    null,
    companion(op, 'StridedSlice', [dy, begin, end, strides]).output(),
  ];
});
rule('SparseToDense', (_, dy, inputs) => {
  const [indices, values] = [input(inputs, 0), input(inputs, 2)];
  const places = indices.shape?.length === 1 ? ops.expandDims(indices, -1) : indices;
  const chosen = ops.gatherNd(dy, places);
  return [null, null, values.shape?.length === 0 ? ops.sum(chosen) : chosen, ops.sub(ops.sum(dy), ops.sum(chosen))];
});
rule('NthElement', (op, dy, inputs) => {
  const x = input(inputs, 0);
  const chosen = ops.cast(ops.equal(x, ops.expandDims(op.output(), -1)), dy.dtype);
  const share = ops.realDiv(chosen, ops.sum(chosen, -1, { keepDims: true }));
  return [ops.mul(share, ops.expandDims(dy, -1)), null];
});
rule('LinSpace', (_, dy, inputs) => {
  const count = input(inputs, 2);
  const steps = ops.cast(ops.range(ops.zerosLike(count), count, ops.onesLike(count)), dy.dtype);
  const share = ops.divNoNan(steps, ops.cast(ops.sub(count, ops.onesLike(count)), dy.dtype));
  return [ops.sum(ops.mul(dy, ops.sub(1, share))), ops.sum(ops.mul(dy, share)), null];
});
rule('Range', (_, dy) => {
  const count = ops.size(dy);
  return [ops.sum(dy), null, ops.sum(ops.mul(dy, ops.cast(ops.range(0, count, 1), dy.dtype)))];
});
