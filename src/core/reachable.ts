import { type Operation, Output } from './output.js';
import { flatten, type Structure } from './structure.js';

/** What a function consists of, as far as looking at it goes. */
export interface Traced {
  readonly functionName: string;
  readonly inputs: Structure<Output>;
  readonly outputs: Structure<Output>;
  readonly effects: readonly Operation[];
}

/** Inputs or outputs of a function with their paths. */
export function leavesOf(structure: Structure<Output>): [path: string, Output][] {
  return flatten(structure, (value): value is Output => value instanceof Output);
}

/** What an operation waits for without taking a value. */
export function controlInputsOf({ graph, id }: Operation): Operation[] {
  return graph.native.opControlInputs(id).map((control) => graph.operation(control));
}

/** The operations that a call of the function may run, in the order they were made. */
export function operationsOf({ inputs, outputs, effects }: Traced): Operation[] {
  const found = new Set<Operation>();
  const open = [...[...leavesOf(inputs), ...leavesOf(outputs)].map(([, { op }]) => op), ...effects];
  for (let op = open.pop(); op; op = open.pop()) {
    if (found.has(op)) continue;
    found.add(op);
    open.push(...op.inputs.map((input) => input.op), ...controlInputsOf(op));
  }
  return [...found].sort((a, b) => a.id - b.id);
}
