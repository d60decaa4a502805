import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { AdamOptions } from './adam.js';
import { follow } from './follow.js';
import type { Step, Update } from './optimizer.js';

/**
 * Adam's update operation by operation, as Keras has it.
 *
 * Why: the library's op squares the whole gradient, where rows that come twice have been added up.
 */
export function adamInSteps(
  { dtype, learningRate, iteration }: Step,
  { beta1, beta2, epsilon, amsgrad }: Pick<Required<AdamOptions>, 'beta1' | 'beta2' | 'epsilon' | 'amsgrad'>,
): Update {
  const count = ops.add(iteration, 1);
  const missing = (beta: number): Output => ops.sub(1, ops.pow(ops.cast(beta, dtype), count));
  const rate = ops.mul(learningRate, ops.div(ops.sqrt(missing(beta2)), missing(beta1)));
  const [forget1, forget2] = [ops.cast(1 - beta1, dtype), ops.cast(1 - beta2, dtype)];
  return ({ gradient, sumOf, variable, slot }) => {
    const [momentum, velocity] = [slot('momentum'), slot('velocity')];
    follow(momentum, gradient, forget1);
    follow(velocity, sumOf(ops.square), forget2);
    const greatest = amsgrad ? slot('velocity_hat') : velocity;
    if (amsgrad) greatest.assign(ops.maximum(greatest.read(), velocity.read()));
    const step = ops.div(momentum.read(), ops.add(ops.sqrt(greatest.read()), epsilon));
    ops.resourceApplyGradientDescent(variable, rate, step);
  };
}
