import { isFloating } from '../../core/dtype.js';
import type { Output } from '../../core/output.js';
import * as ops from '../../ops/index.js';
import type { CallbackModel } from './callback.js';
import type { SummaryWriter } from './summary-writer.js';

/** The function that writes all weights of a model as histograms, and as pictures where they can be seen as such. */
export function weightSummaries(
  { layers }: Pick<CallbackModel, 'layers'>,
  writer: SummaryWriter,
  withImages: boolean,
): (step: number) => Promise<void> {
  const weights = [...new Set(layers.flatMap((layer) => layer.weights))];
  return writer.function('weight_summaries', (summaries) => {
    for (const weight of weights.filter(({ dtype }) => isFloating(dtype))) {
      const tag = weight.name.replaceAll(':', '_');
      const values = ops.cast(weight.read(), 'float32');
      summaries.histogram(`${tag}/histogram`, values);
      const images = withImages ? asImages(values, weight.shape) : undefined;
      if (images) summaries.images(tag, images);
    }
  });
}

/**
 * A weight as Keras draws it: a vector and a matrix as one gray picture, three axes as a picture for each of the last.
 * Axes of one element do not count.
 */
function asImages(values: Output, shape: readonly number[]): Output | undefined {
  const [a = 1, b, c, d] = shape.filter((size) => size !== 1);
  if (b === undefined) return ops.reshape(values, [1, a, 1, 1]);
  if (c === undefined) {
    const matrix = ops.reshape(values, [a, b]);
    return a > b ? ops.reshape(ops.transpose(matrix, [1, 0]), [1, b, a, 1]) : ops.reshape(matrix, [1, a, b, 1]);
  }
  if (d === undefined) return ops.reshape(ops.transpose(ops.reshape(values, [a, b, c]), [2, 0, 1]), [c, a, b, 1]);
  const more = shape.filter((size) => size !== 1).length > 4;
  return !more && (d === 3 || d === 4) ? ops.reshape(values, [a, b, c, d]) : undefined;
}
