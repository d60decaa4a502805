import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { gather } from '../composites.js';
import { shape } from '../generated/index.js';
import { addLoop } from './loop.js';
import { leavesOf, likeStructure, type Outputs } from './structure.js';
import { listOf, stackList } from './tensor-list.js';
import { checkCarries } from './while-loop.js';

export interface MapFnOptions {
  /** Elements that may be under way at once. Default 10. */
  parallelIterations?: number;
}

export interface ScanOptions extends MapFnOptions {
  /** From the last element to the first. Default false. */
  reverse?: boolean;
}

/**
 * `fn` of each element along the first axis, stacked (`tf.map_fn`).
 *
 * @param fn builds an output, or arrays and objects of outputs, from one element
 * @param xs `[n, …]`, or arrays and objects of such outputs
 * @returns as `fn`, each `[n, …]`
 * @throws ERR_SHAPE for a scalar; ERR_ARGUMENT for no elements at all
 * @example
 * const lengths = mapFn((row) => ops.sqrt(ops.sum(ops.square(row))), rows);
 */
export function mapFn<X extends Outputs, O extends Outputs>(
  fn: (element: X) => O,
  xs: X,
  { parallelIterations = 10 }: MapFnOptions = {},
): O {
  const { lists, length, steps } = elementsOf('mapFn', xs);
  let structure: O | undefined;
  const { emits } = addLoop({
    carries: [],
    lists,
    length,
    parallelIterations,
    step: ({ items }) => {
      structure = fn(likeStructure(xs, items));
      return { carries: [], emits: leavesOf('mapFn', 'fn', structure).map(([, output]) => output) };
    },
  });
  const stacked = emits.map((list) => stackList(list, steps));
  return likeStructure(structure as O, stacked);
}

/**
 * A recurrence over the first axis: the carry after every element, stacked (`tf.scan`). `fn` gives the next carry from
 * the last one and an element; result `i` is the carry after element `i`, also where `reverse` starts at the end.
 *
 * @param fn builds the next carry: the structure, dtypes and shapes of `initial`
 * @param xs `[n, …]`, or arrays and objects of such outputs
 * @param initial the carry before the first element
 * @returns as `initial`, each `[n, …]`
 * @throws ERR_ARGUMENT, ERR_DTYPE, ERR_SHAPE where `fn` gives another carry; ERR_SHAPE for a scalar in `xs`
 * @example
 * const running = scan((sum, x) => ops.add(sum, x), xs, ops.constant(0));   // cumulative sums
 */
export function scan<X extends Outputs, C extends Outputs>(
  fn: (carry: C, element: X) => NoInfer<C>,
  xs: X,
  initial: C,
  { reverse = false, parallelIterations = 10 }: ScanOptions = {},
): C {
  const { lists, length, steps } = elementsOf('scan', xs);
  const first = leavesOf('scan', 'initial', initial);
  const { emits } = addLoop({
    carries: first.map(([, output]) => output),
    lists,
    length,
    reverse,
    parallelIterations,
    step: ({ carries, items }) => {
      const next = leavesOf('scan', 'fn', fn(likeStructure(initial, carries), likeStructure(xs, items)));
      const shapes = first.map(([, output]) => output.shape);
      checkCarries('scan', first, next, shapes, 'use whileLoop with shapeInvariants');
      const outputs = next.map(([, output]) => output);
      return { carries: outputs, emits: outputs };
    },
  });
  const stacked = emits.map((list) => stackList(list, steps));
  return likeStructure(initial, stacked);
}

function elementsOf(where: string, xs: Outputs) {
  const leaves = leavesOf(where, 'xs', xs);
  const [first] = leaves;
  if (!first) throw new TensorFlowError('ERR_ARGUMENT', `${where}: xs is empty; give at least one output.`);
  const steps = stepsOf(where, leaves);
  const length: Output | number = steps ?? firstDimension(first[1]);
  return { lists: leaves.map(([, x]) => listOf(x)), length, steps };
}

/** The common length of the first axes, where it is known. */
function stepsOf(where: string, leaves: readonly [string, Output][]): number | null {
  let steps: number | null = null;
  for (const [path, x] of leaves) {
    if (x.shape?.length === 0) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `${where}: '${path || x.name}' is a scalar; it has no first axis to go along.`,
      );
    }
    const length = x.shape?.[0] ?? null;
    if (steps !== null && length !== null && steps !== length) {
      throw new TensorFlowError(
        'ERR_SHAPE',
        `${where}: '${path || x.name}' has ${length} elements, another ${steps}; give all the same first dimension.`,
      );
    }
    steps ??= length;
  }
  return steps;
}

function firstDimension(x: Output): Output {
  return gather(shape(x), 0);
}
