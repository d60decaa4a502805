import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { Loss, lossDefaults } from './loss.js';
import { toSameRank } from './weighting.js';

// Each function gives [batch, ...] from labels and predictions of shape [batch, ..., n].

/** Mean of (label − prediction)². */
export class MeanSquaredError extends Loss {
  static override readonly className: string = 'MeanSquaredError';
  static override readonly defaults = lossDefaults('mean_squared_error');

  override perSample(yTrue: Output, yPred: Output): Output {
    return meanSquaredError(yTrue, yPred);
  }
}

export function meanSquaredError(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  return ops.mean(ops.squaredDifference(labels, predictions), -1);
}

/** Mean of |label − prediction|. */
export class MeanAbsoluteError extends Loss {
  static override readonly className: string = 'MeanAbsoluteError';
  static override readonly defaults = lossDefaults('mean_absolute_error');

  override perSample(yTrue: Output, yPred: Output): Output {
    return meanAbsoluteError(yTrue, yPred);
  }
}

export function meanAbsoluteError(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  return ops.mean(ops.abs(ops.sub(labels, predictions)), -1);
}

/** Mean of |label − prediction| / |label|, in per cent. */
export class MeanAbsolutePercentageError extends Loss {
  static override readonly className: string = 'MeanAbsolutePercentageError';
  static override readonly defaults = lossDefaults('mean_absolute_percentage_error');

  override perSample(yTrue: Output, yPred: Output): Output {
    return meanAbsolutePercentageError(yTrue, yPred);
  }
}

export function meanAbsolutePercentageError(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  const share = ops.div(ops.sub(labels, predictions), ops.maximum(ops.abs(labels), EPSILON));
  return ops.mul(ops.mean(ops.abs(share), -1), 100);
}

/** Mean of (log(1 + label) − log(1 + prediction))². */
export class MeanSquaredLogarithmicError extends Loss {
  static override readonly className: string = 'MeanSquaredLogarithmicError';
  static override readonly defaults = lossDefaults('mean_squared_logarithmic_error');

  override perSample(yTrue: Output, yPred: Output): Output {
    return meanSquaredLogarithmicError(yTrue, yPred);
  }
}

export function meanSquaredLogarithmicError(yTrue: Output, yPred: Output): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  const log = (x: Output): Output => ops.log(ops.add(ops.maximum(x, EPSILON), 1));
  return ops.mean(ops.squaredDifference(log(predictions), log(labels)), -1);
}

/** Labels in the dtype and rank of the predictions. */
export function comparable(yTrue: Output, yPred: Output): [labels: Output, predictions: Output] {
  return toSameRank(ops.cast(yTrue, yPred.dtype), yPred);
}
