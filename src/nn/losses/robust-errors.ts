import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';
import { comparable } from './mean-errors.js';

export interface HuberArguments {
  /** Error from which on it counts linearly. Default 1. */
  delta?: number;
}

export interface HuberOptions extends LossOptions, HuberArguments {}

/** Half the squared error up to `delta`, linear beyond. */
export class Huber extends Loss<HuberOptions> {
  static override readonly className: string = 'Huber';
  static override readonly defaults = { ...lossDefaults('huber_loss'), delta: 1 };

  override perSample(yTrue: Output, yPred: Output): Output {
    return huber(yTrue, yPred, this.options);
  }
}

export function huber(yTrue: Output, yPred: Output, { delta = 1 }: HuberArguments = {}): Output {
  const error = ops.sub(...comparable(yTrue, yPred));
  const size = ops.abs(error);
  const near = ops.mul(ops.square(error), 0.5);
  const far = ops.sub(ops.mul(size, delta), delta ** 2 / 2);
  return ops.mean(ops.select(ops.lessEqual(size, delta), near, far), -1);
}

/** Mean of log(cosh(prediction − label)): squared near 0, linear far away. */
export class LogCosh extends Loss {
  static override readonly className: string = 'LogCosh';
  static override readonly defaults = lossDefaults('log_cosh');

  override perSample(yTrue: Output, yPred: Output): Output {
    return logCosh(yTrue, yPred);
  }
}

export function logCosh(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  const error = ops.sub(predictions, labels);
  return ops.mean(ops.sub(ops.add(error, ops.softplus(ops.mul(error, -2))), Math.LN2), -1);
}
