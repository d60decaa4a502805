import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { sumTo } from '../broadcasting.js';
import { addRule } from '../registry.js';
import { input, rule } from '../rule.js';

// Sparse tensors are three inputs, indices, values and shape, of which only values have a gradient.

rule('SparseTensorDenseAdd', (_, dy, inputs) => [null, ops.gatherNd(dy, input(inputs, 0)), null, dy]);
rule('SparseDenseCwiseAdd', (_, dy, inputs) => [null, dy, null, toDense(dy, inputs)]);
rule('SparseDenseCwiseMul', (_, dy, inputs) => {
  const [indices, values, shape, dense] = four(inputs);
  return [null, ops.sparseDenseCwiseMul(indices, dy, shape, dense), null, toDense(ops.mul(dy, values), inputs)];
});
rule('SparseDenseCwiseDiv', (op, dy, inputs) => {
  const [indices, , shape, dense] = four(inputs);
  const byDense = ops.sparseDenseCwiseDiv(indices, ops.mul(dy, op.output()), shape, dense);
  return [null, ops.sparseDenseCwiseDiv(indices, dy, shape, dense), null, toDense(ops.neg(byDense), inputs)];
});
rule('SparseReduceSum', (_, dy, inputs) => {
  const [indices, values, shape, axes] = four(inputs);
  const whole = ops.cast(shape, 'int32');
  const places = ops.reshape(ops.floorMod(axes, ops.size(whole)), [-1]);
  const kept = ops.dynamicStitch([ops.range(0, ops.size(whole), 1), places], [whole, ops.onesLike(places)]);
  return [null, ops.sparseDenseCwiseMul(indices, ops.onesLike(values), shape, ops.reshape(dy, kept)), null, null];
});
rule('SparseSoftmax', (op, dy, inputs) => {
  const [indices, shape] = [input(inputs, 0), input(inputs, 2)];
  const weighted = ops.mul(dy, op.output());
  const sums = ops.sparseReduceSum(indices, weighted, shape, [-1], { keepDims: true });
  return [null, ops.mul(op.output(), ops.sub(dy, perRow(indices, sums, shape, dy))), null];
});
addRule('SparseAdd', ({ inputs, outputs }, [, dy]) => {
  if (!dy) return [];
  const { aValGrad, bValGrad } = ops.sparseAddGrad(dy, input(inputs, 0), input(inputs, 3), input(outputs, 0));
  return [null, aValGrad, null, null, bValGrad, null, null];
});
addRule('SparseSlice', ({ inputs, outputs }, [, dy]) => {
  if (!dy) return [];
  return [null, ops.sparseSliceGrad(dy, input(inputs, 0), input(inputs, 3), input(outputs, 0)), null, null, null];
});
addRule('SparseFillEmptyRows', ({ outputs }, [, dy]) => {
  if (!dy) return [];
  const { dValues, dDefaultValue } = ops.sparseFillEmptyRowsGrad(input(outputs, 3), dy);
  return [null, dValues, null, dDefaultValue];
});
addRule('SparseReorder', ({ inputs }, [, dy]) => {
  if (!dy) return [];
  const [indices, shape] = [input(inputs, 0), input(inputs, 2)];
  const places = ops.range(0, ops.size(dy), 1);
  const order = ops.sparseReorder(indices, places, shape).outputValues;
  return [null, ops.gather(dy, ops.invertPermutation(order)), null];
});

function four(inputs: readonly Output[]): [Output, Output, Output, Output] {
  return [input(inputs, 0), input(inputs, 1), input(inputs, 2), input(inputs, 3)];
}

/** Of a dense operand: the gradients at the indices, summed where it was repeated. */
function toDense(values: Output, inputs: readonly Output[]): Output {
  const [indices, , shape, dense] = four(inputs);
  const whole = ops.scatterNd(indices, values, shape);
  return sumTo(whole, whole, dense, 1);
}

/** For each value the sum of its row. */
function perRow(indices: Output, sums: Output, shape: Output, like: Output): Output {
  return ops.sparseDenseCwiseMul(indices, ops.onesLike(like), shape, sums);
}
