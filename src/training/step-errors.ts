import { explainJit } from '../core/jit.js';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';

/** What the library says when labels do not fit, and the same in the model's terms. */
const LABEL_FAILURES: readonly [RegExp, (model: string, ...found: string[]) => string][] = [
  [
    /label value of (-?\d+) which is outside the valid range of \[0, (\d+)\)/,
    (model, label, classes) =>
      `Model '${model}' has ${classes} outputs, so labels are 0 … ${Number(classes) - 1}, got ${label}; number the classes from 0 or give the last layer more units.`,
  ],
  [
    /logits and labels must.*logits_size=(\[[\d,]+\]) labels_size=(\[[\d,]+\])/,
    (model, predictions, labels) =>
      `Model '${model}': the labels of a batch are ${labels}, its predictions ${predictions}; give one row of labels per sample.`,
  ],
  [
    /^Dimensions must be equal.*\{\{node [^}]*\/loss\/.*with input shapes: (\[[\d,?]*\]), (\[[\d,?]*\])/s,
    (model, labels, predictions) =>
      `Model '${model}': the labels of a batch are ${labels}, its predictions ${predictions}; give labels of the predictions’ shape, or the last layer as many units as a label has values.`,
  ],
];

/** The error of a step in the model's terms where it is about labels or what XLA lacks, else as it came. */
export function explainStep(model: string, failure: unknown): unknown {
  if (codeOf(failure) !== 'TF_INVALID_ARGUMENT') return failure;
  for (const [pattern, sentence] of LABEL_FAILURES) {
    const found = pattern.exec(messageOf(failure));
    if (found) return new TensorFlowError('ERR_LABELS', sentence(model, ...found.slice(1)), { cause: failure });
  }
  return explainJit(`Model '${model}'`, failure);
}
