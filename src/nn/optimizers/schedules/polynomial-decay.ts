import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { checkSteps, LearningRateSchedule } from './schedule.js';

export interface PolynomialDecayOptions {
  initialLearningRate: number;
  /** Steps until the end. */
  decaySteps: number;
  /** Default 0.0001. */
  endLearningRate?: number;
  /** 1, the default, is a straight line. */
  power?: number;
  /** Whether it goes on beyond the end, towards ever later ends. Default false. */
  cycle?: boolean;
  name?: string;
}

/** From the first rate to the last along (1 − step / decaySteps) ^ power. */
export class PolynomialDecay extends LearningRateSchedule<PolynomialDecayOptions> {
  static override readonly className: string = 'PolynomialDecay';
  static override readonly defaults = {
    initialLearningRate: undefined,
    decaySteps: undefined,
    endLearningRate: 0.0001,
    power: 1,
    cycle: false,
    name: 'PolynomialDecay',
  };

  constructor(options: PolynomialDecayOptions) {
    super(options);
    checkSteps(this.className, 'decaySteps', this.options.decaySteps);
  }

  override call(step: Output): Output {
    const { initialLearningRate, endLearningRate, power } = this.options;
    const left = ops.pow(ops.sub(1, this.#progress(step)), power);
    return ops.add(ops.mul(left, initialLearningRate - endLearningRate), endLearningRate);
  }

  #progress(step: Output): Output {
    const { decaySteps, cycle } = this.options;
    if (!cycle) return ops.div(ops.minimum(step, decaySteps), decaySteps);
    const rounds = ops.maximum(ops.ceil(ops.div(step, decaySteps)), 1);
    return ops.div(step, ops.mul(rounds, decaySteps));
  }
}
