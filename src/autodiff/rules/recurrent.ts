import type { Operation, Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { companion } from '../attributes.js';
import { addRule, type Gradient } from '../registry.js';
import { input, rule } from '../rule.js';

// Of the gates, which these kernels also give out, no gradient is taken, as in TensorFlow: only of state and output.
addRule('BlockLSTM', blockLstm);
addRule('BlockLSTMV2', blockLstm);

addRule('LSTMBlockCell', (op, dys) => {
  const [x, h, w] = [input(op.inputs, 0), input(op.inputs, 2), input(op.inputs, 3)];
  const [i, cs, f, o, ci, co] = op.outputs as [Output, Output, Output, Output, Output, Output];
  const given = [dys[1] ?? ops.zerosLike(cs), dys[6] ?? ops.zerosLike(op.output(6))];
  const inner = companion(op, 'LSTMBlockCellGrad', [...op.inputs, i, cs, f, o, ci, co, ...given]);
  const [dState, dGates, dwci, dwcf, dwco] = inner.outputs as [Output, Output, Output, Output, Output];
  const both = ops.concat([x, h], 1);
  const [dx, dh] = pieces(ops.matMul(dGates, w, { transposeB: true }), [x, h]);
  const dw = ops.matMul(both, dGates, { transposeA: true });
  return [dx, dState, dh, dw, dwci, dwcf, dwco, ops.sum(dGates, 0)];
});

addRule('GRUBlockCell', (op, [, , , dh]) => {
  if (!dh) return [];
  const [x, h] = [input(op.inputs, 0), input(op.inputs, 1)];
  const [r, u, c] = op.outputs as [Output, Output, Output];
  const inner = companion(op, 'GRUBlockCellGrad', [...op.inputs, r, u, c, dh]);
  const [dx, dState, dCandidate, dGates] = inner.outputs as [Output, Output, Output, Output];
  const dwGates = ops.matMul(ops.concat([x, h], 1), dGates, { transposeA: true });
  const dwCandidate = ops.matMul(ops.concat([x, ops.mul(h, r)], 1), dCandidate, { transposeA: true });
  return [dx, dState, dwGates, dwCandidate, ops.sum(dGates, 0), ops.sum(dCandidate, 0)];
});

// The op computes the gradient of its logits beside the loss. Of that there is none.
rule('CTCLoss', (op, dy) => {
  const byLogits = ops.preventGradient(op.output(1), { message: `${op} has no second derivative` });
  return [ops.mul(byLogits, ops.expandDims(ops.expandDims(dy, 0), -1)), null, null, null];
});

function blockLstm(op: Operation, dys: readonly Gradient[]): readonly Gradient[] {
  const given = [dys[1] ?? ops.zerosLike(op.output(1)), dys[6] ?? ops.zerosLike(op.output(6))];
  const type = op.type === 'BlockLSTM' ? 'BlockLSTMGrad' : 'BlockLSTMGradV2';
  return [null, ...companion(op, type, [...op.inputs, ...op.outputs, ...given]).outputs];
}

/** The columns of x that belong to each. */
function pieces(x: Output, [first, second]: readonly [Output, Output]): [Output, Output] {
  const rows = ops.slice(ops.shape(first), [0], [1]);
  const width = ops.slice(ops.shape(first), [1], [1]);
  const start = ops.concat([[0], width], 0);
  return [ops.slice(x, [0, 0], ops.concat([rows, width], 0)), ops.slice(x, start, ops.shape(second))];
}
