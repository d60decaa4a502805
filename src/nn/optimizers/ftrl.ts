import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Optimizer, type OptimizerOptions, optimizerDefaults, type Step, type Update } from './optimizer.js';
import type { SlotSpec } from './slots.js';

export interface FtrlOptions extends OptimizerOptions {
  /** How the learning rate falls with the sum of squares; 0 or less. Default −0.5. */
  learningRatePower?: number;
  /** First sum of squared gradients. Default 0.1. */
  initialAccumulatorValue?: number;
  /** Default 0. */
  l1RegularizationStrength?: number;
  /** Default 0. */
  l2RegularizationStrength?: number;
  /** L2 penalty of the gradient, not of the weight. Default 0. */
  l2ShrinkageRegularizationStrength?: number;
  /** Added to the roots of the sums. Default 0. */
  beta?: number;
}

/** Follow the regularised leader: for large sparse models. Learning rate by default 0.001. */
export class Ftrl extends Optimizer<FtrlOptions> {
  static override readonly className: string = 'Ftrl';
  static override readonly defaults = {
    ...optimizerDefaults(0.001),
    learningRatePower: -0.5,
    initialAccumulatorValue: 0.1,
    l1RegularizationStrength: 0,
    l2RegularizationStrength: 0,
    l2ShrinkageRegularizationStrength: 0,
    beta: 0,
  };

  constructor(options: FtrlOptions = {}) {
    super(options);
    const { learningRatePower, ...rest } = this.options;
    if (learningRatePower > 0) {
      throw new TensorFlowError('ERR_ARGUMENT', `Ftrl: learningRatePower must be 0 or less, got ${learningRatePower}.`);
    }
    const strengths = [
      'initialAccumulatorValue',
      'l1RegularizationStrength',
      'l2RegularizationStrength',
      'l2ShrinkageRegularizationStrength',
    ] as const;
    const negative = strengths.find((name) => rest[name] < 0);
    if (negative) {
      throw new TensorFlowError('ERR_ARGUMENT', `Ftrl: ${negative} must be 0 or more, got ${rest[negative]}.`);
    }
  }

  protected override slotGroups(): readonly (readonly SlotSpec[])[] {
    return [[{ key: 'accumulator', initialValue: this.options.initialAccumulatorValue }, { key: 'linear' }]];
  }

  protected override updates({ dtype, learningRate }: Step): Update {
    const { beta, l2RegularizationStrength } = this.options;
    const l1 = ops.cast(this.options.l1RegularizationStrength, dtype);
    const l2 = ops.add(ops.div(beta / 2, learningRate), l2RegularizationStrength);
    const shrinkage = ops.cast(this.options.l2ShrinkageRegularizationStrength, dtype);
    const power = ops.cast(this.options.learningRatePower, dtype);
    return ({ gradient, variable, slot }) => {
      const [accumulator, linear] = [slot('accumulator'), slot('linear')];
      ops.resourceApplyFtrlV2(variable, accumulator, linear, gradient, learningRate, l1, l2, shrinkage, power);
    };
  }
}
