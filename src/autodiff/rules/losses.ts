import type { Operation, Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { sumTo } from '../broadcasting.js';
import { addRule, type Gradient } from '../registry.js';
import { input, rule } from '../rule.js';

// The library's LogSoftmax gradient sums over axis 1, whatever the rank.
rule('LogSoftmax', (op, dy) => [ops.sub(dy, ops.mul(ops.exp(op.output()), ops.sum(dy, -1, { keepDims: true })))]);
// Why ours: the library has none for sparse labels, and its other one knows float32 only.
addRule('SparseSoftmaxCrossEntropyWithLogits', (op, dys) => [crossEntropyToLogits(op, dys), null]);
addRule('SoftmaxCrossEntropyWithLogits', (op, dys) => {
  const [logits, labels] = [input(op.inputs, 0), input(op.inputs, 1)];
  const [dLoss, dBackprop] = dys;
  const toLabels = total([
    dLoss ? ops.neg(ops.mul(ops.expandDims(dLoss, -1), ops.logSoftmax(logits))) : null,
    dBackprop ? ops.neg(dBackprop) : null,
  ]);
  const toLogits = crossEntropyToLogits(op, dys);
  return [toLogits && sumTo(toLogits, logits, labels, 0), toLabels && sumTo(toLabels, logits, labels, 1)];
});

/** The sum of those there are. */
function total(parts: readonly Gradient[]): Gradient {
  const present = parts.filter((part): part is Output => part !== null);
  return present.length > 1 ? ops.addN(present) : (present[0] ?? null);
}

/** From the loss and, for second order, from the op's own gradient, softmax(logits) − labels. */
function crossEntropyToLogits(op: Operation, [dLoss, dBackprop]: readonly Gradient[]): Gradient {
  const fromBackprop = (dy: Output): Output => {
    const p = ops.softmax(input(op.inputs, 0));
    return ops.mul(p, ops.sub(dy, ops.sum(ops.mul(p, dy), -1, { keepDims: true })));
  };
  return total([
    dLoss ? ops.mul(ops.expandDims(dLoss, -1), op.output(1)) : null,
    dBackprop ? fromBackprop(dBackprop) : null,
  ]);
}
