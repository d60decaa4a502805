import { type DType, isFloating } from '../core/dtype.js';
import type { Output } from '../core/output.js';
import { formatShape, type PartialShape } from '../core/shape.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { checkNumbers, modelInput } from '../training/steps.js';

/** Where data enters a model. */
export interface ModelInput {
  readonly name: string;
  readonly dtype: DType;
  /** With the batch; undefined where the first data tells. */
  readonly shape: PartialShape | undefined;
}

/** Data in the dtype of the input: whole numbers stay whole where the input takes those. */
export function asInput(x: Output, dtype: DType = 'float32'): Output {
  if (isFloating(dtype)) return modelInput(x);
  return x.dtype === dtype ? x : ops.cast(checkNumbers('the data', x), dtype);
}

/** @throws ERR_SHAPE for data of another shape than the input it is for, naming both */
export function checkInputs(
  model: string,
  what: string,
  inputs: readonly ModelInput[],
  given: readonly { readonly shape: PartialShape }[],
): void {
  for (const [i, { name, shape: expected }] of inputs.entries()) {
    const shape = given[i]?.shape;
    if (!expected || !shape || fits(shape, expected)) continue;
    const input = inputs.length > 1 ? ` for input '${name}'` : '';
    const wayOut = shape.length === expected.length - 1 ? ' Add a batch axis: x.expandDims(0).' : '';
    throw new TensorFlowError(
      'ERR_SHAPE',
      `Model '${model}' takes ${formatShape(expected)}${input}, but ${what} has ${formatShape(shape)}.${wayOut}`,
    );
  }
}

function fits(shape: PartialShape, expected: PartialShape): boolean {
  return (
    shape.length === expected.length &&
    expected.every((d, i) => i === 0 || d === null || shape[i] === null || d === shape[i])
  );
}
