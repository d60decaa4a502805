import type { Operation, Output } from '../core/output.js';
import { addRule, type SparseGradient } from './registry.js';

/** A rule of an op of which only the first output carries a gradient, `dy`. */
export type Rule = (op: Operation, dy: Output, inputs: Output[]) => readonly SparseGradient[];

/** One row a rule. Why ours: the library has none, or a wrong one, or one that walks twice through tied inputs. */
export function rule(types: string | readonly string[], apply: Rule): void {
  for (const type of [types].flat()) {
    addRule(type, (op, [dy]) => (dy ? apply(op, dy, op.inputs) : []));
  }
}

export function input(inputs: readonly Output[], index: number): Output {
  const found = inputs[index];
  if (!found) throw new RangeError(`The operation has no input ${index}.`);
  return found;
}
