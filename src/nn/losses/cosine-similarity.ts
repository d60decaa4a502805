import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import { normalize } from '../normalize.js';
import { Loss, type LossOptions, lossDefaults } from './loss.js';
import { comparable } from './mean-errors.js';

export interface CosineSimilarityArguments {
  /** Axis of the vectors. Default the last. */
  axis?: number;
}

export interface CosineSimilarityOptions extends LossOptions, CosineSimilarityArguments {}

/** Minus the cosine between labels and predictions: −1 where they point the same way. */
export class CosineSimilarity extends Loss<CosineSimilarityOptions> {
  static override readonly className: string = 'CosineSimilarity';
  static override readonly defaults = { ...lossDefaults('cosine_similarity'), axis: -1 };

  override perSample(yTrue: Output, yPred: Output): Output {
    return cosineSimilarity(yTrue, yPred, this.options);
  }
}

export function cosineSimilarity(yTrue: Output, yPred: Output, { axis = -1 }: CosineSimilarityArguments = {}): Output {
  const [labels, predictions] = comparable(yTrue, yPred);
  return ops.neg(ops.sum(ops.mul(normalize(labels, axis), normalize(predictions, axis)), axis));
}
