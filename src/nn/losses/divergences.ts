import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { EPSILON } from '../epsilon.js';
import { Loss, lossDefaults } from './loss.js';

/** Kullback-Leibler divergence: Σ label·log(label / prediction). */
export class KLDivergence extends Loss {
  static override readonly className: string = 'KLDivergence';
  static override readonly defaults = lossDefaults('kl_divergence');

  override perSample(yTrue: Output, yPred: Output): Output {
    return klDivergence(yTrue, yPred);
  }
}

export function klDivergence(yTrue: Output, yPred: Output): Output {
  const labels = ops.clipByValue(ops.cast(yTrue, yPred.dtype), EPSILON, 1);
  const predictions = ops.clipByValue(yPred, EPSILON, 1);
  return ops.sum(ops.mul(labels, ops.log(ops.div(labels, predictions))), -1);
}

/** Mean of prediction − label·log(prediction), for counts. */
export class Poisson extends Loss {
  static override readonly className: string = 'Poisson';
  static override readonly defaults = lossDefaults('poisson');

  override perSample(yTrue: Output, yPred: Output): Output {
    return poisson(yTrue, yPred);
  }
}

export function poisson(yTrue: Output, yPred: Output): Output {
  const labels = ops.cast(yTrue, yPred.dtype);
  return ops.mean(ops.sub(yPred, ops.mul(labels, ops.log(ops.add(yPred, EPSILON)))), -1);
}
