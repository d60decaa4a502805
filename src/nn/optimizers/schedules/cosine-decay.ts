import type { Output } from '../../../core/output.js';
import * as ops from '../../../ops/index.js';
import { checkSteps, LearningRateSchedule } from './schedule.js';

export interface CosineDecayOptions {
  initialLearningRate: number;
  /** Steps until the end, after those of the warm-up. */
  decaySteps: number;
  /** The last rate as a share of the first. Default 0. */
  alpha?: number;
  name?: string;
  /** Where a linear warm-up leads, from `initialLearningRate`. Default: no warm-up. */
  warmupTarget?: number | null;
  /** Default 0. */
  warmupSteps?: number;
}

/** Half a cosine wave from the first rate down to the last. */
export class CosineDecay extends LearningRateSchedule<CosineDecayOptions> {
  static override readonly className: string = 'CosineDecay';
  static override readonly defaults = {
    initialLearningRate: undefined,
    decaySteps: undefined,
    alpha: 0,
    name: 'CosineDecay',
    warmupTarget: null,
    warmupSteps: 0,
  };

  constructor(options: CosineDecayOptions) {
    super(options);
    checkSteps(this.className, 'decaySteps', this.options.decaySteps);
  }

  override call(step: Output): Output {
    const { initialLearningRate, warmupTarget, warmupSteps } = this.options;
    if (warmupTarget === null) return this.#decayed(step, initialLearningRate);
    const decayed = this.#decayed(ops.sub(step, warmupSteps), warmupTarget);
    if (warmupSteps === 0) return decayed;
    const risen = ops.add(ops.mul(step, (warmupTarget - initialLearningRate) / warmupSteps), initialLearningRate);
    return ops.select(ops.less(step, warmupSteps), risen, decayed);
  }

  #decayed(step: Output, from: number): Output {
    const { decaySteps, alpha } = this.options;
    const wave = halfCosine(ops.div(ops.minimum(step, decaySteps), decaySteps));
    return ops.mul(ops.add(ops.mul(wave, 1 - alpha), alpha), from);
  }
}

export interface CosineDecayRestartsOptions {
  initialLearningRate: number;
  /** Steps of the first wave. */
  firstDecaySteps: number;
  /** How much longer each wave is than the one before. Default 2. */
  tMul?: number;
  /** How much higher each wave starts. Default 1. */
  mMul?: number;
  /** The last rate of a wave as a share of the first of all. Default 0. */
  alpha?: number;
  name?: string;
}

/** Half cosine waves, one after the other. */
export class CosineDecayRestarts extends LearningRateSchedule<CosineDecayRestartsOptions> {
  static override readonly className: string = 'CosineDecayRestarts';
  static override readonly defaults = {
    initialLearningRate: undefined,
    firstDecaySteps: undefined,
    tMul: 2,
    mMul: 1,
    alpha: 0,
    name: 'SGDRDecay',
  };

  constructor(options: CosineDecayRestartsOptions) {
    super(options);
    checkSteps(this.className, 'firstDecaySteps', this.options.firstDecaySteps);
  }

  override call(step: Output): Output {
    const { initialLearningRate, firstDecaySteps, mMul, alpha } = this.options;
    const { round, progress } = this.#place(ops.div(step, firstDecaySteps));
    const wave = ops.mul(halfCosine(progress), ops.pow(ops.cast(mMul, step.dtype), round));
    return ops.mul(ops.add(ops.mul(wave, 1 - alpha), alpha), initialLearningRate);
  }

  /** Which wave this is, and how far into it, from the time in lengths of the first wave. */
  #place(time: Output): { round: Output; progress: Output } {
    const { tMul } = this.options;
    if (tMul === 1) {
      const round = ops.floor(time);
      return { round, progress: ops.sub(time, round) };
    }
    const round = ops.floor(ops.div(ops.log(ops.sub(1, ops.mul(time, 1 - tMul))), Math.log(tMul)));
    const length = ops.pow(ops.cast(tMul, time.dtype), round);
    const start = ops.div(ops.sub(1, length), 1 - tMul);
    return { round, progress: ops.div(ops.sub(time, start), length) };
  }
}

/** From 1 to 0 while x goes from 0 to 1. */
function halfCosine(x: Output): Output {
  return ops.mul(ops.add(ops.cos(ops.mul(x, Math.PI)), 1), 0.5);
}
