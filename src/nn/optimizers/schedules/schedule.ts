import type { Output } from '../../../core/output.js';
import { TensorFlowError } from '../../../errors/errors.js';
import { Configurable } from '../../serialization.js';

/** A learning rate that changes with the number of updates made. */
export abstract class LearningRateSchedule<O extends object = object> extends Configurable<O> {
  static override readonly module: string = 'keras.optimizers.schedules';

  /**
   * The learning rate of a step.
   *
   * @param step updates made so far: a scalar, float32
   */
  abstract call(step: Output): Output;
}

/** @throws ERR_ARGUMENT unless the number of steps is above 0 */
export function checkSteps(where: string, option: string, steps: number): void {
  if (steps > 0) return;
  throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${option} must be above 0, got ${steps}.`);
}
