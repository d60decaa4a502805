import { TensorFlowError } from '../errors/errors.js';
import type { AttrEntry } from '../native/binding.js';
import { constant } from './constant.js';
import { type DType, dtypeNumber } from './dtype.js';
import type { FunctionBody } from './function-body.js';
import type { Output } from './output.js';
import { currentScope, type Scope, withScope } from './scope.js';
import { tensor } from './tensor.js';

/** Philox, the counter-based generator of the library's stateless random ops. */
export const PHILOX = 1;
/** Values one random op may draw in one run without meeting the next run's: the library counts in blocks of 256. */
const BLOCKS_PER_RUN = 2n ** 24n;

/**
 * First value of a program's generator: counter (two words) and key.
 *
 * @throws ERR_ARGUMENT for a seed that is not a whole number
 */
export function initialRandomState(seed: number | bigint): BigInt64Array {
  if (typeof seed !== 'bigint' && !Number.isInteger(seed)) {
    throw new TensorFlowError('ERR_ARGUMENT', `A seed is a whole number, got ${seed}.`);
  }
  return BigInt64Array.of(0n, 0n, BigInt.asIntN(64, BigInt(seed)));
}

/** Key and counter for one random op. */
export interface RandomStream {
  key: Output;
  counter: Output;
}

/** The generator's state as read by one traced function, and how many streams were taken of it. */
interface FunctionRandom {
  key: Output;
  low: Output;
  taken: number;
}

const byTrace = new WeakMap<object, FunctionRandom>();

/**
 * A stream of its own for one random op of the function being traced.
 *
 * Why: the generator is one variable of the program (so it is saved with it), advanced once per run of a function;
 * the ops of a function differ in the counter's high word. A function body takes its streams from the function around
 * it, a loop's body a new key in each iteration: so a body has no state, and run again it draws the same.
 */
export function randomStream(): RandomStream {
  const state = randomOf(currentScope());
  const high = constant(tensor(BigInt(state.taken++), [], 'uint64'));
  return { key: state.key, counter: pack(state.low, high) };
}

function randomOf(scope: Scope): FunctionRandom {
  const { body } = scope;
  if (body && !body.iteration) return withScope(body.parent, () => randomOf(body.parent));
  const owner = scope.trace ?? scope;
  let state = byTrace.get(owner);
  if (!state) {
    state = body?.iteration ? ofIteration(body, body.iteration) : readGenerator(scope);
    byTrace.set(owner, state);
  }
  return state;
}

/** A key of its own for each iteration, drawn from one stream of the function around the loop. */
function ofIteration(body: FunctionBody, iteration: Output): FunctionRandom {
  const { key, counter } = withScope(body.parent, randomStream);
  const uint64 = dtypeNumber('uint64');
  const step = node(
    'Cast',
    [iteration],
    [
      ['SrcT', 'type', dtypeNumber(iteration.dtype)],
      ['DstT', 'type', uint64],
    ],
  );
  const zero = constant(tensor(0n, [], 'uint64'));
  const at = node('AddV2', [counter, pack(step, zero)], [['T', 'type', uint64]]);
  const drawn = node(
    'StatelessRandomUniformFullIntV2',
    [constant([1], 'int32'), key, at, constant(PHILOX, 'int32')],
    [
      ['dtype', 'type', uint64],
      ['Tshape', 'type', dtypeNumber('int32')],
    ],
  );
  return { key: drawn, low: zero, taken: 0 };
}

function pack(low: Output, high: Output): Output {
  return node(
    'Pack',
    [[low, high]],
    [
      ['N', 'int', 2],
      ['T', 'type', dtypeNumber('uint64')],
      ['axis', 'int', 0],
    ],
  );
}

/**
 * Random ops in this scope, and in function bodies made there, take their streams from these instead of the program's
 * generator.
 *
 * @param key uint64 [1]
 * @param low the counter's low word, uint64 []
 */
export function drawFrom(scope: Scope, key: Output, low: Output): void {
  byTrace.set(scope.trace ?? scope, { key, low, taken: 0 });
}

function readGenerator({ generator }: Scope): FunctionRandom {
  if (!generator) {
    throw new TensorFlowError('ERR_GRAPH', 'Random ops need a program: build them inside program.function(…).');
  }
  const delta = constant(tensor(BLOCKS_PER_RUN, [], 'uint64'));
  const state = currentScope()
    .add({ type: 'RngReadAndSkip', inputs: [generator.handle, constant(PHILOX, 'int32'), delta], stateful: true })
    .output();
  const words = node(
    'Bitcast',
    [state],
    [
      ['T', 'type', dtypeNumber('int64')],
      ['type', 'type', dtypeNumber('uint64')],
    ],
  );
  const slice = (begin: number): Output =>
    node(
      'Slice',
      [words, constant([begin], 'int32'), constant([1], 'int32')],
      [
        ['T', 'type', dtypeNumber('uint64')],
        ['Index', 'type', dtypeNumber('int32')],
      ],
    );
  const low = node(
    'Reshape',
    [slice(0), constant(tensor([], [0], 'int32'))],
    [
      ['T', 'type', dtypeNumber('uint64')],
      ['Tshape', 'type', dtypeNumber('int32')],
    ],
  );
  return { key: slice(2), low, taken: 0 };
}

function node(type: string, inputs: (Output | Output[])[], attrs: AttrEntry[]): Output {
  return currentScope().add({ type, inputs, attrs }).output();
}

/** Runs one of the library's stateless random ops (`StatelessRandomUniformV2` …) on a fresh stream. */
export function statelessRandom(type: string, shape: Output, dtype: DType): Output {
  const { key, counter } = randomStream();
  return currentScope()
    .add({
      type,
      inputs: [shape, key, counter, constant(PHILOX, 'int32')],
      attrs: [
        ['dtype', 'type', dtypeNumber(dtype)],
        ['Tshape', 'type', dtypeNumber(shape.dtype)],
      ],
    })
    .output();
}
