import type { Output } from '../../core/output.js';

/**
 * The logits behind probabilities that come straight from the op that makes them, so that a loss can be computed
 * without rounding probabilities; null where there are none.
 *
 * @param type `Softmax` or `Sigmoid`
 */
export function logitsBehind(probabilities: Output, type: 'Softmax' | 'Sigmoid'): Output | null {
  let { op } = probabilities;
  while (op.type === 'Identity') {
    const [input] = op.inputs;
    if (!input) return null;
    op = input.op;
  }
  return op.type === type ? (op.inputs[0] ?? null) : null;
}
