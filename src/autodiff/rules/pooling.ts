import * as ops from '../../ops/index.js';
import { boolAttr, companion, pool3dAttrs } from '../attributes.js';
import { input, rule } from '../rule.js';

rule('MaxPool3D', (op, dy, inputs) => [ops.maxPool3dGrad(input(inputs, 0), op.output(), dy, pool3dAttrs(op))]);
rule('AvgPool3D', (op, dy, inputs) => [ops.avgPool3dGrad(ops.shape(input(inputs, 0)), dy, pool3dAttrs(op))]);
rule('MaxPool3DGrad', (op, g, inputs) => [
  null,
  null,
  companion(op, 'MaxPool3DGradGrad', [input(inputs, 0), input(inputs, 1), g]).output(),
]);
rule(['MaxPoolGradGrad', 'MaxPool3DGradGrad'], (op, g, inputs) => {
  const type = op.type === 'MaxPoolGradGrad' ? 'MaxPoolGrad' : 'MaxPool3DGrad';
  return [null, null, companion(op, type, [input(inputs, 0), input(inputs, 1), g]).output()];
});
rule('FractionalMaxPool', (op, dy, inputs) => [
  companion(op, 'FractionalMaxPoolGrad', [input(inputs, 0), op.output(), dy, op.output(1), op.output(2)]).output(),
]);
rule('FractionalAvgPool', (op, dy, inputs) => {
  const shape = ops.shape(input(inputs, 0), { outType: 'int64' });
  return [companion(op, 'FractionalAvgPoolGrad', [shape, dy, op.output(1), op.output(2)]).output()];
});
// Why: the library's own gradient op of this one runs on GPUs only.
rule('MaxPoolWithArgmax', (op, dy, inputs) => {
  const x = input(inputs, 0);
  const shape = ops.shape(x, { outType: 'int64' });
  const perPicture = ops.prod(ops.slice(shape, [1], [-1]));
  const pictures = ops.reshape(ops.slice(shape, [0], [1]), []);
  const first = ops.mul(ops.range(ops.zerosLike(pictures), pictures, ops.onesLike(pictures)), perPicture);
  const chosen = ops.cast(op.output(1), 'int64');
  const within = boolAttr(op, 'include_batch_in_index') ? chosen : ops.add(chosen, ops.reshape(first, [-1, 1, 1, 1]));
  return [ops.reshape(ops.unsortedSegmentSum(dy, within, ops.prod(shape)), shape)];
});
