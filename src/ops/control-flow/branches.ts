import type { FunctionBody } from '../../core/function-body.js';
import type { Operation, Output } from '../../core/output.js';
import type { Shape } from '../../core/shape.js';
import type { AttrEntry } from '../../native/binding.js';
import { functionList } from '../attributes.js';
import { addFunctionOp, capturedBy, typesOf } from './function-op.js';

/** One of the functions of which an `If` or `Case` op runs one. */
export interface Branch {
  readonly body: FunctionBody;
  readonly outputs: readonly Output[];
}

export interface BranchOptions {
  /**
   * Whether branches are put into the graph around them, where what is not run still costs a little for each of its
   * operations. False: the branch that runs is called, which costs more, and the others cost nothing. Default true.
   */
  inline?: boolean;
}

/** How an `If` or `Case` op was made: kept for its gradient. */
export interface Branching {
  readonly type: 'If' | 'Case';
  /** With what stands in them for the op's inputs after the selector. */
  readonly branches: readonly (Branch & { readonly inputs: readonly Output[] })[];
}

const made = new WeakMap<Operation, Branching>();

/** Undefined for an op that was not made by {@link addBranches}, as in a loaded graph. */
export function branchingOf(operation: Operation): Branching | undefined {
  return made.get(operation);
}

/** Says that a copy of the op was made the same way. */
export function recordBranching(operation: Operation, branching: Branching): void {
  made.set(operation, branching);
}

/** The op that runs one branch: `If` by a boolean, then the first; `Case` by an index, the last where it is out of range. */
export function addBranches(
  type: 'If' | 'Case',
  selector: Output,
  branches: readonly Branch[],
  { inline = true }: BranchOptions = {},
): Operation {
  const bodies = branches.map(({ body }) => body);
  const captured = capturedBy(bodies);
  const inputs = bodies.map((body) => captured.map((output) => body.capture(output, type)));
  const names = branches.map(({ body, outputs }, i) => body.define(type.toLowerCase(), inputs[i] ?? [], outputs));
  const outputs = (branches[0]?.outputs ?? []).map(({ dtype }, i) => ({
    dtype,
    shape: commonShape(branches.map((branch) => branch.outputs[i]?.shape ?? null)),
  }));
  const operation = addFunctionOp({
    type,
    inputs: [selector, captured],
    attrs: [
      ['Tin', 'list(type)', typesOf(captured)],
      ['Tout', 'list(type)', typesOf(outputs)],
      ...functionAttrs(type, selector, names),
    ],
    outputs,
    bodies,
    inline,
  });
  for (const body of bodies) body.keep();
  recordBranching(operation, { type, branches: branches.map((branch, i) => ({ ...branch, inputs: inputs[i] ?? [] })) });
  return operation;
}

function functionAttrs(type: 'If' | 'Case', selector: Output, names: readonly string[]): AttrEntry[] {
  if (type === 'Case') return [['branches', 'proto', functionList(names)]];
  const [thenBranch = '', elseBranch = ''] = names;
  const [condition = 0] = typesOf([selector]);
  return [
    ['Tcond', 'type', condition],
    ['then_branch', 'func', thenBranch],
    ['else_branch', 'func', elseBranch],
  ];
}

/** What can be said of a value that has any of these shapes. */
function commonShape([first = null, ...others]: readonly Shape[]): Shape {
  return others.reduce<Shape>((common, shape) => {
    if (common === null || shape === null || common.length !== shape.length) return null;
    return common.map((d, i) => (d === shape[i] ? d : null));
  }, first);
}
