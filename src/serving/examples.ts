import type { DType } from '../core/dtype.js';
import type { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import type { Tensors } from './repository/servable.js';

/** What is asked about tf.Examples. */
export type ExamplesMethod = 'classify' | 'regress';

/** A class with its score. */
export interface Classified {
  readonly label: string;
  readonly score: number;
}

/**
 * The classes of each example; what the signature does not give is empty, or 0.
 *
 * @throws TF_FAILED_PRECONDITION where the signature gives something else
 */
export function classesOf(outputs: Tensors, count: number): Classified[][] {
  const labels = column(outputs.classes, 'string', count);
  const scores = column(outputs.scores, 'float32', count);
  const width = Math.max(labels.length, scores.length) / count;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_, i) => {
      const at = row * width + i;
      return { label: String(labels[at] ?? ''), score: Number(scores[at] ?? 0) };
    }),
  );
}

/**
 * The value of each example.
 *
 * @throws TF_FAILED_PRECONDITION where the signature gives something else
 */
export function valuesOf(outputs: Tensors, count: number): number[] {
  return Array.from(column(outputs.outputs, 'float32', count), Number);
}

/** The elements of an output; none where the signature does not give it. */
function column(output: Tensor | undefined, dtype: DType, count: number): ArrayLike<unknown> {
  if (!output) return [];
  if (output.dtype === dtype && output.shape[0] === count) return output.dataSync();
  throw new TensorFlowError('TF_FAILED_PRECONDITION', `Expected ${dtype} output with ${count} rows, got ${output}`);
}
