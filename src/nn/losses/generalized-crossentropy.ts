import type { Output } from '../../core/output.js';
import { knownRank } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';

export interface GeneralizedCrossentropyOptions extends LossOptions {
  /** Between cross-entropy, towards 0, and absolute error, towards 1. Default 0.5. */
  q?: number;
}

/** (1 − p^q) / q, where p is the predicted probability of the right class: cross-entropy that bears wrong labels. */
export class CategoricalGeneralizedCrossEntropy extends Loss<GeneralizedCrossentropyOptions> {
  static override readonly className: string = 'CategoricalGeneralizedCrossEntropy';
  static override readonly defaults = { ...lossDefaults('categorical_generalized_cross_entropy'), q: 0.5 };

  constructor(options: GeneralizedCrossentropyOptions = {}) {
    super(options);
    const { q } = this.options;
    if (!(q > 0 && q < 1)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `CategoricalGeneralizedCrossEntropy: q must be between 0 and 1, both excluded, got ${q}.`,
      );
    }
  }

  override perSample(yTrue: Output, yPred: Output): Output {
    return categoricalGeneralizedCrossEntropy(yTrue, yPred, this.options);
  }
}

/** [batch] from class numbers [batch] and probabilities [batch, classes]. */
export function categoricalGeneralizedCrossEntropy(
  yTrue: Output,
  yPred: Output,
  { q = 0.5 }: { q?: number } = {},
): Output {
  const classes =
    knownRank('categoricalGeneralizedCrossEntropy', yPred.shape).at(-1) ?? ops.gather(ops.shape(yPred), 1);
  const oneHot = ops.oneHot(ops.cast(yTrue, 'int32'), classes, ops.cast(1, yPred.dtype), ops.cast(0, yPred.dtype));
  const p = ops.sum(ops.mul(yPred, oneHot), -1);
  return ops.div(ops.sub(1, ops.pow(p, q)), q);
}
