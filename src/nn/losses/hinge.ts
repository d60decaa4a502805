import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { Loss, lossDefaults } from './loss.js';

/** Mean of max(1 − label·prediction, 0), for labels −1 or 1; labels 0 or 1 are converted. */
export class Hinge extends Loss {
  static override readonly className: string = 'Hinge';
  static override readonly defaults = lossDefaults('hinge');

  override perSample(yTrue: Output, yPred: Output): Output {
    return hinge(yTrue, yPred);
  }
}

export function hinge(yTrue: Output, yPred: Output): Output {
  return ops.mean(shortfall(yTrue, yPred), -1);
}

/** Mean of max(1 − label·prediction, 0)², for labels −1 or 1; labels 0 or 1 are converted. */
export class SquaredHinge extends Loss {
  static override readonly className: string = 'SquaredHinge';
  static override readonly defaults = lossDefaults('squared_hinge');

  override perSample(yTrue: Output, yPred: Output): Output {
    return squaredHinge(yTrue, yPred);
  }
}

export function squaredHinge(yTrue: Output, yPred: Output): Output {
  return ops.mean(ops.square(shortfall(yTrue, yPred)), -1);
}

/** How far the highest wrong score comes up to the right one, less a margin of 1; labels are one-hot. */
export class CategoricalHinge extends Loss {
  static override readonly className: string = 'CategoricalHinge';
  static override readonly defaults = lossDefaults('categorical_hinge');

  override perSample(yTrue: Output, yPred: Output): Output {
    return categoricalHinge(yTrue, yPred);
  }
}

export function categoricalHinge(yTrue: Output, yPred: Output): Output {
  const labels = ops.cast(yTrue, yPred.dtype);
  const right = ops.sum(ops.mul(labels, yPred), -1);
  const wrong = ops.max(ops.mul(ops.sub(1, labels), yPred), -1);
  return ops.maximum(ops.add(ops.sub(wrong, right), 1), 0);
}

function shortfall(yTrue: Output, yPred: Output): Output {
  const labels = signed(ops.cast(yTrue, yPred.dtype));
  return ops.maximum(ops.sub(1, ops.mul(labels, yPred)), 0);
}

/** Labels 0 and 1 as −1 and 1; a batch with other labels stays as it is. */
function signed(labels: Output): Output {
  const binary = ops.all(ops.logicalOr(ops.equal(labels, 0), ops.equal(labels, 1)));
  return ops.select(binary, ops.sub(ops.mul(labels, 2), 1), labels);
}
