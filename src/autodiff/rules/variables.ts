import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { intAttr, knownShapeAttr } from '../attributes.js';
import { IndexedSlices } from '../indexed-slices.js';
import { input, rule } from '../rule.js';

rule('ResourceGather', (op, dy, inputs) => {
  const [handle, indices] = [input(inputs, 0), input(inputs, 1)];
  const shape = shapeOf(handle);
  const batchDims = intAttr(op, 'batch_dims');
  if (batchDims > 0) return [batchGather(dy, indices, shape, batchDims), null];
  const values = ops.reshape(dy, ops.concat([[-1], ops.slice(shape, [1], [-1])], 0));
  return [new IndexedSlices(values, ops.reshape(indices, [-1]), shape), null];
});
rule('ResourceGatherNd', (_, dy, inputs) => {
  const [handle, indices] = [input(inputs, 0), input(inputs, 1)];
  const outType = indices.dtype === 'int64' ? 'int64' : 'int32';
  return [ops.scatterNd(indices, dy, ops.variableShape(handle, { outType })), null];
});

/** Of the variable; a constant where it is one of the program's own, so that shapes are known. */
function shapeOf(handle: Output): Output {
  const known = handle.op.type === 'VarHandleOp' ? knownShapeAttr(handle.op, 'shape') : null;
  return known ? ops.constant(known, 'int32') : ops.variableShape(handle, { outType: 'int32' });
}

/** Every batch has rows of its own: they are numbered through. */
function batchGather(dy: Output, indices: Output, shape: Output, batchDims: number): Output {
  const counts = ops.slice(shape, [batchDims], [1]);
  const batches = ops.reshape(ops.prod(ops.slice(shape, [0], [batchDims])), [1]);
  const row = ops.slice(shape, [batchDims + 1], [-1]);
  const first = ops.mul(ops.range(0, ops.reshape(batches, []), 1), counts);
  const places = ops.reshape(ops.cast(indices, 'int32'), ops.concat([batches, [-1]], 0));
  const rows = ops.reshape(ops.add(places, ops.expandDims(first, 1)), [-1]);
  const values = ops.reshape(dy, ops.concat([[-1], row], 0));
  return ops.reshape(ops.unsortedSegmentSum(values, rows, ops.reshape(ops.mul(batches, counts), [])), shape);
}
