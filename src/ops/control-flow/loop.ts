import { constant } from '../../core/constant.js';
import type { DType } from '../../core/dtype.js';
import { FunctionBody } from '../../core/function-body.js';
import { type Operand, toOutput } from '../../core/operand.js';
import type { Operation, Output } from '../../core/output.js';
import { currentScope } from '../../core/scope.js';
import type { Shape } from '../../core/shape.js';
import * as raw from '../generated/index.js';
import { addFunctionOp, capturedBy, typesOf } from './function-op.js';
import { emptyList, getItem, type TensorList } from './tensor-list.js';

/** What one iteration is given. */
export interface Iteration {
  readonly carries: readonly Output[];
  /** This iteration's element of each list. */
  readonly items: readonly Output[];
  /** 0, 1, 2 …: int32 scalar. */
  readonly number: Output;
}

/** What one iteration makes. */
export interface Step {
  /** What the next iteration is given. */
  readonly carries: readonly Output[];
  /** Elements of new lists. */
  readonly emits?: readonly Output[];
  /** Values to add up over all iterations; `like`, of the scope around the loop, has the sum's shape. */
  readonly sums?: readonly { readonly value: Output; readonly like: Output }[];
}

export interface LoopOptions {
  /** First values. */
  readonly carries: readonly Output[];
  /** Shapes that hold in every iteration; default those of the first values. */
  readonly shapes?: readonly Shape[];
  /** Read element by element; they need a length. */
  readonly lists?: readonly TensorList[];
  /** The largest number of iterations. */
  readonly length?: Operand | undefined;
  /** Whether to go on, given the carries. */
  readonly cond?: ((carries: readonly Output[]) => Output) | undefined;
  /** Lists are read and made from the last element to the first. */
  readonly reverse?: boolean;
  readonly parallelIterations: number;
  readonly step: (iteration: Iteration) => Step;
}

/** How a `While` op was made: kept for its gradient. Its inputs: iteration, carries, sums, emitted lists, captures. */
export interface Loop {
  readonly body: FunctionBody;
  readonly iteration: Output;
  /** Carries and then sums: what comes in, what goes out. */
  readonly carries: readonly { readonly input: Output; readonly output: Output }[];
  /** Which capture is a list that is read element by element, and the element. */
  readonly items: readonly { readonly capture: number; readonly item: Output }[];
  readonly emits: readonly Output[];
  /** What stands in the body for each captured input. */
  readonly captures: readonly Output[];
  readonly reverse: boolean;
  readonly parallelIterations: number;
}

/** What a loop gives. */
export interface LoopResult {
  readonly operation: Operation;
  /** Number of iterations that ran: int32 scalar. */
  readonly count: Output;
  readonly carries: readonly Output[];
  readonly sums: readonly Output[];
  readonly emits: readonly TensorList[];
}

const made = new WeakMap<Operation, Loop>();

/** Undefined for an op that was not made by {@link addLoop}, as in a loaded graph. */
export function loopOf(operation: Operation): Loop | undefined {
  return made.get(operation);
}

/** Says that a copy of the op was made the same way. */
export function recordLoop(operation: Operation, loop: Loop): void {
  made.set(operation, loop);
}

/** The `While` op that all loops are made of. */
export function addLoop(options: LoopOptions): LoopResult {
  const { carries, length, parallelIterations, reverse = false } = options;
  const parent = currentScope();
  const inside = traceStep(options, new FunctionBody(parent));
  const { body } = inside;
  const test = new FunctionBody(parent);
  const own = [
    inside.iteration,
    ...inside.carries.map(({ input }) => input),
    ...inside.lists.map(({ input }) => input),
  ];
  const testInputs = own.map((output) => test.input(output));
  const goOn = test.build(() => shouldGoOn(options, testInputs));
  const captured = capturedBy([body, test]);
  const captures = captured.map((output) => body.capture(output, 'loop'));
  const outputs = [...inside.outputs, ...captures];
  const names = {
    cond: test.define('while_cond', [...testInputs, ...captured.map((output) => test.capture(output, 'loop'))], [goOn]),
    body: body.define('while_body', [...own, ...captures], outputs),
  };
  const first = [
    constant(0, 'int32'),
    ...carries,
    ...inside.sums.map(({ value, like }) => zerosFor(like, value.dtype)),
    ...inside.emits.map((emit) => emptyList(emit, length ?? 0)),
  ];
  const operation = addFunctionOp({
    type: 'While',
    inputs: [[...first, ...captured]],
    attrs: [
      ['T', 'list(type)', typesOf(outputs)],
      ['cond', 'func', names.cond],
      ['body', 'func', names.body],
      ['parallel_iterations', 'int', parallelIterations],
    ],
    outputs: [...own, ...captures],
    bodies: [body, test],
  });
  test.graph.dispose();
  body.keep();
  const items = inside.items.map(({ list, item }) => ({ capture: captured.indexOf(list), item }));
  recordLoop(operation, { ...inside, items, captures, reverse, parallelIterations });
  const sumsFrom = 1 + carries.length;
  const emitsFrom = sumsFrom + inside.sums.length;
  return {
    operation,
    count: operation.output(0),
    carries: operation.outputs.slice(1, sumsFrom),
    sums: operation.outputs.slice(sumsFrom, emitsFrom),
    emits: inside.emits.map((element, i) => ({ list: operation.output(emitsFrom + i), element })),
  };
}

/** Zeros of a value's shape; of a variable's, given its handle. */
export function zerosFor(like: Output, dtype: DType): Output {
  return like.dtype === 'resource' ? raw.fill(raw.variableShape(like), constant(0, dtype)) : raw.zerosLike(like);
}

function traceStep({ carries, shapes, lists = [], length, reverse, step }: LoopOptions, body: FunctionBody) {
  const iteration = body.input({ dtype: 'int32', shape: [] }, 'iteration');
  body.iteration = iteration;
  const carried = carries.map(({ dtype, shape }, i) => body.input({ dtype, shape: shapes?.[i] ?? shape }, 'carry'));
  return body.build(() => {
    const scope = currentScope();
    const index = () => (reverse ? raw.sub(raw.sub(toOutput(length ?? 0, 'int32'), 1), iteration) : iteration);
    const items = lists.map((list) => ({
      list: body.parent.own(list.list, 'loop'),
      item: getItem(list, index()),
    }));
    const next = step({ carries: carried, items: items.map(({ item }) => item), number: iteration });
    const { sums = [] } = next;
    const emits = (next.emits ?? []).map((emit) => scope.own(emit, 'loop'));
    const sumInputs = sums.map(({ value }) => body.input(value, 'sum'));
    const listInputs = emits.map(() => body.input({ dtype: 'variant', shape: [] }, 'list'));
    const inputs = [...carried, ...sumInputs];
    const results = [
      ...next.carries.map((carry) => scope.own(carry, 'loop')),
      ...sums.map(({ value }, i) => raw.addV2(sumInputs[i] as Output, value)),
    ];
    const grown = emits.map((emit, i) => raw.tensorListSetItem(listInputs[i] as Output, index(), emit));
    return {
      body,
      iteration,
      items,
      emits,
      sums,
      carries: inputs.map((input, i) => ({ input, output: results[i] as Output })),
      lists: listInputs.map((input) => ({ input })),
      outputs: [raw.addV2(iteration, 1), ...results, ...grown],
    };
  });
}

function shouldGoOn({ carries, length, cond }: LoopOptions, [iteration, ...inputs]: readonly Output[]): Output {
  const within = length === undefined ? undefined : raw.less(iteration as Output, toOutput(length, 'int32'));
  const wanted = cond?.(inputs.slice(0, carries.length));
  if (within && wanted) return raw.logicalAnd(within, wanted);
  return currentScope().own(within ?? wanted ?? constant(false), 'loop');
}
