import type { Operation, Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { boolAttr, companion, floatAttr, stringAttr } from '../attributes.js';
import { backpropagate } from '../backpropagate.js';
import { addRule } from '../registry.js';
import { input, rule } from '../rule.js';

rule(['FusedBatchNorm', 'FusedBatchNormV2'], (op, dy, inputs) => {
  const [x, scale] = [input(inputs, 0), input(inputs, 1)];
  const isTraining = boolAttr(op, 'is_training');
  // Why: in training the op keeps the statistics of the batch for its gradient; else they are those it was given.
  const [mean, variance] = isTraining ? [op.output(3), op.output(4)] : [input(inputs, 3), input(inputs, 4)];
  const backward = companion(op, `FusedBatchNormGrad${op.type.slice('FusedBatchNorm'.length)}`, [
    dy,
    x,
    scale,
    mean,
    variance,
  ]);
  return [backward.output(0), backward.output(1), backward.output(2)];
});

// Second order: the gradient written out, and that differentiated.
for (const type of ['FusedBatchNormGrad', 'FusedBatchNormGradV2', 'FusedBatchNormGradV3']) {
  addRule(type, (op, dys) => {
    const sources = [input(op.inputs, 0), input(op.inputs, 1), input(op.inputs, 2)];
    const copies = sources.map((x) => ops.identity(x)) as [Output, Output, Output];
    return backpropagate(batchNormGradient(op, ...copies), copies, dys.slice(0, 3));
  });
}

/** Ioffe and Szegedy, 2015, section 3. */
function batchNormGradient(op: Operation, dy: Output, x: Output, scale: Output): Output[] {
  const axes = stringAttr(op, 'data_format') === 'NCHW' ? [0, 2, 3] : [0, 1, 2];
  const along = axes.includes(3) ? [1, -1, 1, 1] : [1, 1, 1, -1];
  const perChannel = (v: Output): Output => ops.reshape(v, along);
  const average = (v: Output): Output => ops.mean(v, axes, { keepDims: true });
  const [values, incoming] = [ops.cast(x, scale.dtype), ops.cast(dy, scale.dtype)];
  const isTraining = boolAttr(op, 'is_training');
  const mean = isTraining ? average(values) : perChannel(input(op.inputs, 3));
  const centred = ops.sub(values, mean);
  const variance = isTraining ? average(ops.square(centred)) : perChannel(input(op.inputs, 4));
  const inverse = ops.rsqrt(ops.add(variance, floatAttr(op, 'epsilon')));
  const normal = ops.mul(centred, inverse);
  const batch = (v: Output): Output => ops.sub(ops.sub(v, average(v)), ops.mul(normal, average(ops.mul(v, normal))));
  const toNormal = isTraining ? batch(incoming) : incoming;
  return [
    ops.cast(ops.mul(ops.mul(perChannel(scale), inverse), toNormal), x.dtype),
    ops.sum(ops.mul(incoming, normal), axes),
    ops.sum(incoming, axes),
  ];
}
