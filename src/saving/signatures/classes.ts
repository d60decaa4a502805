import type { Output } from '../../core/output.js';
import { formatShape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import type { ClassifyOptions } from '../../models/export-options.js';
import * as ops from '../../ops/index.js';

/** What TensorFlow Serving's Classify gives: for each example the names of classes, and their scores. */
export type Classes = Record<'classes' | 'scores', Output>;

/**
 * Names and scores of classes, `[n, classes]` each.
 *
 * @param prediction `[n, classes]`, or `[n, 1]`: the probability of the second of two
 * @throws ERR_SHAPE for anything else; ERR_ARGUMENT for labels or a `top` that do not fit
 */
export function classesOf(model: string, prediction: Output, { labels, top }: ClassifyOptions): Classes {
  const width = prediction.shape?.length === 2 ? prediction.shape[1] : null;
  if (!width) {
    const message = `Model '${model}' gives ${formatShape(prediction.shape)}, which are no scores of classes: [batch, classes].`;
    throw new TensorFlowError('ERR_SHAPE', message);
  }
  const given = ops.cast(prediction, 'float32');
  const scores = width === 1 ? ops.concat([ops.sub(1, given), given], 1) : given;
  const names = labelsOf(model, Math.max(width, 2), labels);
  if (top === undefined) return { scores, classes: ops.broadcastTo(names, ops.shape(scores)) };
  if (!(Number.isInteger(top) && top >= 1 && top <= Math.max(width, 2))) {
    throw new TensorFlowError('ERR_ARGUMENT', `classify: top is ${top}, expected 1 to ${Math.max(width, 2)}.`);
  }
  const { values, indices } = ops.topKV2(scores, top);
  return { scores: values, classes: ops.gather(names, indices) };
}

function labelsOf(
  model: string,
  count: number,
  labels: readonly string[] = Array.from({ length: count }, (_, i) => String(i)),
): Output {
  if (labels.length === count) return ops.constant([...labels], 'string');
  throw new TensorFlowError('ERR_ARGUMENT', `classify: ${labels.length} labels, but model '${model}' has ${count} classes.`); // biome-ignore format: one line
}
