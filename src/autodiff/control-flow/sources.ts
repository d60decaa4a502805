import { isComplex, isFloating } from '../../core/dtype.js';
import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { TensorFlowError } from '../../errors/errors.js';
import { backpropagate } from '../backpropagate.js';
import { IndexedSlices } from '../indexed-slices.js';
import type { Gradient } from '../registry.js';

export function isNumeric({ dtype }: Output): boolean {
  return isFloating(dtype) || isComplex(dtype);
}

/** Gradients inside a body: as dense values, and null for what is no number and no variable. */
export function gradientsWithin(ys: readonly Output[], xs: readonly Output[], dys: readonly Output[]): Gradient[] {
  const scope = currentScope();
  const wanted = xs.filter((x) => isNumeric(x) || x.dtype === 'resource');
  const own = dys.map((dy) => scope.own(dy, 'gradients'));
  const found = backpropagate(ys, wanted, own).map((dx) => (dx instanceof IndexedSlices ? dx.toDense() : dx));
  return xs.map((x) => found[wanted.indexOf(x)] ?? null);
}

/**
 * Why: the gradient runs the body once more and reads its variables then.
 *
 * @throws ERR_GRADIENT when one was updated since the op
 */
export function refuseUpdated(op: Operation): void {
  const { trace } = currentScope();
  for (const input of op.inputs) {
    const update = input.dtype === 'resource' ? trace?.lastWrite(input) : undefined;
    if (!update || update.id <= op.id) continue;
    throw new TensorFlowError(
      'ERR_GRADIENT',
      `No gradient through ${op}: '${input.op.name}', which it reads, was updated since; compute the gradients first.`,
    );
  }
}

export function unknownBody(op: Operation): TensorFlowError {
  return new TensorFlowError(
    'ERR_GRADIENT',
    `No gradient through ${op}: it was not made here (a loaded graph keeps no bodies to differentiate); cut the path with stopGradient.`,
  );
}
