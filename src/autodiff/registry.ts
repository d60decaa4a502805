import type { Operation, Output } from '../core/output.js';
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

/**
 * Teaches the library a gradient, or replaces one.
 *
 * @param type name of the op, as in `MatMul`
 * @example
 * registerGradient('Cube', (op, [dy]) => [ops.mul(dy, ops.mul(3, ops.square(op.inputs[0])))]);
 */
export function registerGradient(type: string, rule: GradientRule): void {
  rules.set(type, rule);
}

/** Our rule for an op; undefined leaves it to the library. */
export function gradientRule(type: string): GradientRule | undefined {
  return rules.get(type);
}

/** Names of the ops with a rule of ours. */
export function ruledOps(): string[] {
  return [...rules.keys()].sort();
}
