import type { Output } from '../../../core/output.js';
import { TensorFlowError } from '../../../errors/errors.js';
import * as ops from '../../../ops/index.js';
import { LearningRateSchedule } from './schedule.js';

export interface PiecewiseConstantDecayOptions {
  /** The last step of each rate but the last one, ascending. */
  boundaries: readonly number[];
  /** The rates, one more than boundaries. */
  values: readonly number[];
  name?: string;
}

/** One rate up to each boundary, another one after it. */
export class PiecewiseConstantDecay extends LearningRateSchedule<PiecewiseConstantDecayOptions> {
  static override readonly className: string = 'PiecewiseConstantDecay';
  static override readonly defaults = { boundaries: undefined, values: undefined, name: 'PiecewiseConstant' };

  constructor(options: PiecewiseConstantDecayOptions) {
    super(options);
    const { boundaries, values } = this.options;
    if (values.length !== boundaries.length + 1) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `PiecewiseConstantDecay: values must be one more than boundaries, got ${values.length} and ${boundaries.length}.`,
      );
    }
  }

  override call(step: Output): Output {
    const { boundaries, values } = this.options;
    const passed = ops.cast(ops.greater(step, Float32Array.from(boundaries)), 'int32');
    return ops.gather(Float32Array.from(values), ops.sum(passed));
  }
}
