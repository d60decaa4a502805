import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { Pass } from './gated-cell.js';
import { lengthOf } from './recurrent-cell.js';
import type { Unfolded } from './unfold.js';

/**
 * A sequence by the library's `BlockLSTMV2`, which has tanh and sigmoid built in and the gates in Keras' order.
 *
 * @param inputs `[steps, batch, features]`
 * @param states h and c, `[batch, units]`
 */
export function fusedLSTM(inputs: Output, [h, c]: readonly [Output, Output], pass: Pass): Unfolded {
  const { kernel, recurrent, dropInput } = pass;
  const units = recurrent.shape?.[0] as number;
  const [drop] = dropInput;
  const x = drop ? ops.mul(inputs, drop) : inputs;
  const none = ops.zeros([units], x.dtype);
  const bias = pass.bias ?? ops.zeros([4 * units], x.dtype);
  const steps = lengthOf(x, 0);
  const weights = ops.concat([kernel, recurrent], 0);
  const block = ops.blockLSTMV2(ops.cast(steps, 'int64'), x, c, h, weights, none, none, none, bias);
  const lastOf = (all: Output): Output => ops.gather(all, ops.sub(steps, 1)).setShape([x.shape?.[1] ?? null, units]);
  const last = lastOf(block.h);
  return { last, all: block.h, states: [last, lastOf(block.cs)] };
}
