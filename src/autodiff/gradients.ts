import { Output } from '../core/output.js';
import { currentScope } from '../core/scope.js';
import { Variable } from '../core/variable.js';
import { TensorFlowError } from '../errors/errors.js';
import { backpropagate } from './backpropagate.js';
import { IndexedSlices } from './indexed-slices.js';
import type { Gradient, SparseGradient } from './registry.js';
import './rules/index.js';

/**
 * Gradients of the sum of `ys` with respect to each of `xs`, as new nodes of the graph.
 *
 * @param ys outputs to differentiate; any shape
 * @param xs outputs or variables
 * @param dys gradients to start from, one per y; default ones
 * @returns one output per x, of its shape; null where no y depends on it
 * @throws ERR_GRADIENT for an op on the way that has no gradient, and where no y depends on any x; ERR_GRAPH for
 *   outputs of another program
 * @example
 * const [dw] = gradients(loss, [w]);
 */
export function gradients(
  ys: Output | readonly Output[],
  xs: readonly (Output | Variable)[],
  dys?: readonly Output[],
): Gradient[] {
  return sparseGradients(ys, xs, dys).map((dx) => (dx instanceof IndexedSlices ? dx.toDense() : dx));
}

/**
 * As `gradients`, but the gradient of a variable of which only rows were read, an embedding, is given by these rows.
 *
 * @returns one output or `IndexedSlices` per x; null where no y depends on it
 * @throws as `gradients`
 */
export function sparseGradients(
  ys: Output | readonly Output[],
  xs: readonly (Output | Variable)[],
  dys?: readonly Output[],
): SparseGradient[] {
  const own = (output: Output) => {
    if (!(output instanceof Output)) throw noOutput(output);
    return currentScope().own(output, 'gradients');
  };
  const targets = (isList(ys) ? ys : [ys]).map(own);
  const sources = xs.map((x) => own(x instanceof Variable ? x.handle : x));
  const found = backpropagate(targets, sources, dys?.map(own));
  if (targets.length > 0 && found.length > 0 && found.every((dx) => dx === null)) throw unconnected(targets, sources);
  return found;
}

function isList(ys: Output | readonly Output[]): ys is readonly Output[] {
  return Array.isArray(ys);
}

function noOutput(value: unknown): TensorFlowError {
  return new TensorFlowError(
    'ERR_ARGUMENT',
    `gradients: ${value instanceof Object ? `a ${value.constructor.name}` : String(value)} is no output of the graph; give outputs made inside the function, or variables.`,
  );
}

/** As many ends an error names. */
const NAMED = 5;

function unconnected(ys: readonly Output[], xs: readonly Output[]): TensorFlowError {
  const names = (outputs: readonly Output[]): string => {
    const first = outputs.slice(0, NAMED).map(({ op, name }) => `'${op.type === 'VarHandleOp' ? op.name : name}'`);
    return [...first, ...(outputs.length > NAMED ? [`${outputs.length - NAMED} more`] : [])].join(', ');
  };
  return new TensorFlowError(
    'ERR_GRADIENT',
    `gradients: ${names(ys)} does not depend on ${names(xs)} by a way that can be differentiated; compute it from there, without stopGradient, rounding or integers between.`,
  );
}
