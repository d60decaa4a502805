import type { Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import type { TensorSpec } from '../../core/spec.js';
import * as ops from '../../ops/index.js';
import { Loss, lossDefaults } from './loss.js';

/** Connectionist temporal classification: label sequences of unknown alignment. Class 0 is the blank. */
export class CTC extends Loss {
  static override readonly className: string = 'CTC';
  static override readonly defaults = lossDefaults('ctc');

  /** Class numbers, [batch, labels]. */
  override labelSpec(): TensorSpec<Shape> {
    return { dtype: 'int32', shape: [null, null] };
  }

  override perSample(yTrue: Output, yPred: Output): Output {
    return ctc(yTrue, yPred);
  }
}

/**
 * @param yTrue class numbers, [batch, labels]; 0 ends a shorter sequence
 * @param yPred logits, [batch, time, classes]
 * @returns [batch]
 */
export function ctc(yTrue: Output, yPred: Output): Output {
  const labels = ops.cast(yTrue, 'int32');
  const dims = ops.shape(yPred);
  const lengths = ops.fill(ops.slice(dims, [0], [1]), ops.gather(dims, 1));
  const places = ops.where(ops.notEqual(labels, 0));
  // Why: the library's op takes time first and has the blank as its last class.
  const blank = ops.slice(yPred, [0, 0, 0], [-1, -1, 1]);
  const others = ops.slice(yPred, [0, 0, 1], [-1, -1, -1]);
  const logits = ops.transpose(ops.concat([others, blank], 2), [1, 0, 2]);
  return ops.ctcLoss(logits, places, ops.sub(ops.gatherNd(labels, places), 1), lengths).loss;
}
