import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { input, rule } from '../rule.js';

// Samples of a gamma distribution, by its shape: M. Figurnov et al., "Implicit reparameterization gradients", 2018.
rule('RandomGamma', (op, dy, inputs) => [null, toAlpha(op.output(), dy, input(inputs, 1))]);
rule('StatelessRandomGammaV2', (op, dy, inputs) => [null, null, toAlpha(op.output(), dy, input(inputs, 2))]);
rule('StatelessRandomGammaV3', (op, dy, inputs) => [
  null,
  null,
  null,
  null,
  toAlpha(op.output(), dy, input(inputs, 4)),
]);

/** Summed over the samples, which are the leading axes, and over axes along which alpha was repeated. */
function toAlpha(sample: Output, dy: Output, alpha: Output): Output {
  const each = ops.mul(dy, ops.randomGammaGrad(alpha, sample));
  const { r1 } = ops.broadcastGradientArgs(ops.shape(each), ops.shape(alpha));
  return ops.reshape(ops.sum(each, r1), ops.shape(alpha));
}
