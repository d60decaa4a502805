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
    const { options } = this;
    const l1 = ops.cast(options.l1RegularizationStrength, dtype);
    const l2 = ops.add(ops.div(options.beta / 2, learningRate), options.l2RegularizationStrength);
    const power = ops.cast(-options.learningRatePower, dtype);
    return ({ gradient, sumOf, variable, slot }) => {
      const [accumulator, linear] = [slot('accumulator'), slot('linear')];
      const [before, weights] = [accumulator.read(), variable.read()];
      accumulator.assignAdd(sumOf(ops.square));
      const now = ops.pow(accumulator.read(), power);
      const sigma = ops.div(ops.sub(now, ops.pow(before, power)), learningRate);
      const shrunk = ops.add(gradient, ops.mul(weights, 2 * options.l2ShrinkageRegularizationStrength));
      linear.assignAdd(ops.sub(shrunk, ops.mul(sigma, weights)));
      const sum = linear.read();
      const quadratic = ops.add(ops.div(now, learningRate), ops.mul(l2, 2));
      variable.assign(ops.div(ops.sub(ops.clipByValue(sum, ops.neg(l1), l1), sum), quadratic));
    };
  }
}
