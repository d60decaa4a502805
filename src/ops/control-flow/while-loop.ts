import type { Operand } from '../../core/operand.js';
import type { Output } from '../../core/output.js';
import { formatShape, type PartialShape, type Shape } from '../../core/shape.js';
import { flatten, type Mapped, type Structure } from '../../core/structure.js';
import { TensorFlowError } from '../../errors/errors.js';
import { addLoop } from './loop.js';
import { checkAlike, leavesOf, likeStructure, type Outputs } from './structure.js';

export interface WhileLoopOptions<V extends Outputs = Outputs> {
  /** Stops after so many iterations even if `cond` would go on. */
  maximumIterations?: Operand;
  /** Iterations that may be under way at once. Default 10. */
  parallelIterations?: number;
  /**
   * Shapes that hold in every iteration, in the structure of the loop variables, `null` for what changes.
   * Default: the shapes of the first values.
   */
  shapeInvariants?: Mapped<V, Output, PartialShape | null>;
}

/**
 * Runs `body` as long as `cond` says so, and gives the loop variables' last values (`tf.while_loop`).
 *
 * Both may use whatever the function around them has. Updates of variables made in `body` happen in program order,
 * iteration by iteration. Random ops draw anew in each iteration. Gradients go through it: the iterations are run
 * once more, keeping the loop variables of each, then backwards.
 *
 * @param cond builds a boolean scalar from the loop variables
 * @param body builds the loop variables' next values: the same structure, dtypes and shapes
 * @param loopVars first values: an output, or arrays and objects of outputs
 * @throws ERR_ARGUMENT, ERR_DTYPE, ERR_SHAPE where `body` gives something else, naming the loop variable; ERR_GRAPH for
 * outputs of another program
 * @example
 * const { x } = whileLoop(({ x }) => ops.less(x, 100), ({ x }) => ({ x: ops.mul(x, 2) }), { x: ops.constant(3) });
 */
export function whileLoop<V extends Outputs>(
  cond: (loopVars: V) => Output,
  body: (loopVars: V) => NoInfer<V>,
  loopVars: V,
  { maximumIterations, parallelIterations = 10, shapeInvariants }: WhileLoopOptions<V> = {},
): V {
  const first = leavesOf('whileLoop', 'loopVars', loopVars);
  const shapes = invariants(first, shapeInvariants);
  const { carries } = addLoop({
    carries: first.map(([, output]) => output),
    shapes,
    length: maximumIterations,
    parallelIterations,
    cond: (given) => condition(cond(likeStructure(loopVars, given))),
    step: ({ carries: given }) => {
      const next = leavesOf('whileLoop', 'body', body(likeStructure(loopVars, given)));
      checkCarries('whileLoop', first, next, shapes, 'give shapeInvariants');
      return { carries: next.map(([, output]) => output) };
    },
  });
  return likeStructure(loopVars, carries);
}

/** That what a step gives can be what the next one is given. */
export function checkCarries(
  where: string,
  first: readonly [string, Output][],
  next: readonly [string, Output][],
  shapes: readonly Shape[],
  wayOut: string,
): void {
  checkAlike(where, ['the first value', first], ['the body’s result', next]);
  for (const [i, [path, { shape }]] of next.entries()) {
    const expected = shapes[i] ?? null;
    if (isWithin(shape, expected)) continue;
    throw new TensorFlowError(
      'ERR_SHAPE',
      `${where}: '${path}' is ${formatShape(expected)} when an iteration starts and ${formatShape(shape)} after it; ${wayOut} if it must change.`,
    );
  }
}

/** Whether every value of this shape is one of the expected shape. */
function isWithin(shape: Shape, expected: Shape): boolean {
  if (expected === null) return true;
  return shape?.length === expected.length && expected.every((d, i) => d === null || d === shape[i]);
}

function invariants(first: readonly [string, Output][], given: unknown): Shape[] {
  if (given === undefined) return first.map(([, { shape }]) => shape);
  const leaves = flatten(given as Structure<PartialShape | null>, isShape);
  const names = (list: readonly [string, unknown][]) => list.map(([path]) => `'${path}'`).join(', ');
  if (names(leaves) !== names(first)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `whileLoop: shapeInvariants has ${names(leaves)}, the loop variables are ${names(first)}; give both the same structure.`,
    );
  }
  return first.map(([path, { shape }], i) => {
    const invariant = leaves[i]?.[1] ?? null;
    if (isWithin(shape, invariant)) return invariant;
    throw new TensorFlowError(
      'ERR_SHAPE',
      `whileLoop: '${path}' starts as ${formatShape(shape)}, which its shape invariant ${formatShape(invariant)} rules out.`,
    );
  });
}

function isShape(value: unknown): value is PartialShape | null {
  return value === null || (Array.isArray(value) && value.every((d) => d === null || typeof d === 'number'));
}

function condition(value: Output): Output {
  const [[, output] = []] = leavesOf('whileLoop', 'cond', value);
  if (output?.dtype === 'bool' && (output.shape === null || output.shape.length === 0)) return output;
  throw new TensorFlowError(
    'ERR_DTYPE',
    `whileLoop: cond gives a bool scalar, got ${output ? `${output.dtype} ${formatShape(output.shape)}` : 'nothing'}.`,
  );
}
