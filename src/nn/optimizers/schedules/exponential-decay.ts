import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { checkSteps, LearningRateSchedule } from './schedule.js';

export interface DecayOptions {
  initialLearningRate: number;
  /** Steps after which the rate is applied once. */
  decaySteps: number;
  decayRate: number;
  /** Whether the rate changes only every `decaySteps` steps. Default false. */
  staircase?: boolean;
  name?: string;
}

/** initialLearningRate · decayRate ^ (step / decaySteps). */
export class ExponentialDecay extends LearningRateSchedule<DecayOptions> {
  static override readonly className: string = 'ExponentialDecay';
  static override readonly defaults = {
    initialLearningRate: undefined,
    decaySteps: undefined,
    decayRate: undefined,
    staircase: false,
    name: 'ExponentialDecay',
  };

  constructor(options: DecayOptions) {
    super(options);
    checkSteps(this.className, 'decaySteps', this.options.decaySteps);
  }

  override call(step: Output): Output {
    const { initialLearningRate, decayRate } = this.options;
    return ops.mul(ops.pow(ops.cast(decayRate, step.dtype), progress(step, this.options)), initialLearningRate);
  }
}

/** initialLearningRate / (1 + decayRate · step / decaySteps). */
export class InverseTimeDecay extends LearningRateSchedule<DecayOptions> {
  static override readonly className: string = 'InverseTimeDecay';
  static override readonly defaults = { ...ExponentialDecay.defaults, name: 'InverseTimeDecay' };

  constructor(options: DecayOptions) {
    super(options);
    checkSteps(this.className, 'decaySteps', this.options.decaySteps);
  }

  override call(step: Output): Output {
    const { initialLearningRate, decayRate } = this.options;
    return ops.div(initialLearningRate, ops.add(ops.mul(progress(step, this.options), decayRate), 1));
  }
}

function progress(step: Output, { decaySteps, staircase }: Required<DecayOptions>): Output {
  const done = ops.div(step, decaySteps);
  return staircase ? ops.floor(done) : done;
}
