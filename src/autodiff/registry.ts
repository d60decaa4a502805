import type { Operation, Output } from '../core/output.js';
import { TensorFlowError } from '../errors/errors.js';
import type { IndexedSlices } from './indexed-slices.js';

/** Gradient of one output or input: null where there is none. */
export type Gradient = Output | null;

/** A gradient that may be given by its rows that are not zero. */
export type SparseGradient = Gradient | IndexedSlices;

/**
 * Gradients of an operation's inputs (list inputs flattened) from those of its outputs.
 *
 * @param op the forward operation
 * @param dys gradients of its outputs, null where nothing depends on one
 */
export type GradientRule = (op: Operation, dys: readonly Gradient[]) => readonly SparseGradient[];

const rules = new Map<string, GradientRule>();
const registered = new Map<string, GradientRule>();

/**
 * Teaches the library a gradient: of an op that has none, or in place of the one it has, ours or the library's own.
 * It holds for all programs of the process, from then on.
 *
 * @param type name of the op, as in `MatMul`
 * @param options.override replaces one that was registered before; default false
 * @throws ERR_ARGUMENT where one was registered for the op before
 * @example
 * registerGradient('Cube', (op, [dy]) => [ops.mul(dy, ops.mul(3, ops.square(op.inputs[0])))]);
 */
export function registerGradient(type: string, rule: GradientRule, { override = false } = {}): void {
  if (registered.has(type) && !override) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `registerGradient: ${type} was given a gradient before; replace it by { override: true }.`,
    );
  }
  registered.set(type, rule);
}

/** A rule of the project's own, one an op. */
export function addRule(type: string, rule: GradientRule): void {
  if (rules.has(type)) throw new Error(`There are two rules for ${type}.`);
  rules.set(type, rule);
}

/** A user's rule for an op, or ours; undefined leaves it to the library. */
export function gradientRule(type: string): GradientRule | undefined {
  return registered.get(type) ?? rules.get(type);
}

/** Names of the ops with a rule of ours. */
export function ruledOps(): string[] {
  return [...rules.keys()].sort();
}
