import { FunctionBody } from '../../core/function-body.js';
import { type Operand, toOutput } from '../../core/operand.js';
import type { Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import { formatShape } from '../../core/shape.js';
import { TensorFlowError } from '../../errors/errors.js';
import { addBranches, type Branch, type BranchOptions } from './branches.js';
import { checkAlike, leavesOf, likeStructure, type Outputs } from './structure.js';

/**
 * What one of two functions gives, chosen when the graph runs; only that one runs (`tf.cond`).
 *
 * Both may use whatever the function around them has: outputs, variables, random streams. Updates of variables made in
 * the chosen one happen in program order. Gradients go through it.
 *
 * @param condition boolean scalar
 * @param thenFn builds an output, or arrays and objects of outputs
 * @param elseFn builds the same structure with the same dtypes; shapes may differ and are then unknown
 * @throws ERR_ARGUMENT, ERR_DTYPE where the two disagree, naming the leaf; ERR_GRAPH for outputs of another program
 * @example
 * const y = cond(ops.greater(x, 0), () => ops.sqrt(x), () => ops.zerosLike(x));
 */
export function cond<O extends Outputs>(condition: Operand, thenFn: () => O, elseFn: () => NoInfer<O>): O {
  const selector = toOutput(condition);
  if (selector.dtype !== 'bool') {
    throw new TensorFlowError('ERR_DTYPE', `cond: the condition is a bool scalar, got ${selector.dtype}.`);
  }
  return choose('cond', 'If', selector, [
    ['the then-branch', thenFn],
    ['the else-branch', elseFn],
  ]);
}

/**
 * What one of several functions gives, chosen when the graph runs; only that one runs (`tf.switch_case`).
 *
 * @param index int32 scalar: which of `branches`
 * @param branches build the same structure with the same dtypes, as in {@link cond}
 * @param otherwise runs where the index is out of range; default: the last branch
 * @throws ERR_ARGUMENT, ERR_DTYPE where they disagree, naming the leaf; ERR_GRAPH for outputs of another program
 * @example
 * const y = caseOf(action, [() => x, () => ops.neg(x)], () => ops.zerosLike(x));
 */
export function caseOf<O extends Outputs>(
  index: Operand,
  branches: readonly (() => O)[],
  otherwise?: () => O,
  options: BranchOptions = {},
): O {
  const selector = toOutput(index, 'int32');
  if (selector.dtype !== 'int32') {
    throw new TensorFlowError('ERR_DTYPE', `caseOf: the index is an int32 scalar, got ${selector.dtype}.`);
  }
  const all = [...branches, ...(otherwise ? [otherwise] : [])];
  return choose(
    'caseOf',
    'Case',
    selector,
    all.map((build, i) => [i < branches.length ? `branch ${i}` : 'the default', build]),
    options,
  );
}

function choose<O extends Outputs>(
  where: string,
  type: 'If' | 'Case',
  selector: Output,
  builders: readonly (readonly [string, () => O])[],
  options: BranchOptions = {},
): O {
  if (selector.shape && selector.shape.length > 0) {
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where}: '${selector.name}' chooses and must be a scalar, got ${formatShape(selector.shape)}.`,
    );
  }
  const branches = builders.map(([name, build]) => traceBranch(where, name, build));
  const [first, ...others] = branches;
  if (!first) throw new TensorFlowError('ERR_ARGUMENT', `${where}: there is no branch; give at least one.`);
  for (const other of others) checkAlike(where, [first.name, first.leaves], [other.name, other.leaves]);
  return likeStructure(first.structure, addBranches(type, selector, branches, options).outputs);
}

interface Traced<O> extends Branch {
  readonly name: string;
  readonly structure: O;
  readonly leaves: readonly [path: string, Output][];
}

function traceBranch<O extends Outputs>(where: string, name: string, build: () => O): Traced<O> {
  const body = new FunctionBody(currentScope());
  return body.build(() => {
    const structure = build();
    const leaves = leavesOf(where, name, structure);
    return { body, name, structure, leaves, outputs: leaves.map(([, output]) => output) };
  });
}
