import { setTimeout } from 'node:timers/promises';
import { newArray } from '../core/dtype.js';
import type { Specs } from '../core/function.js';
import type { Output } from '../core/output.js';
import { currentScope } from '../core/scope.js';
import { formatShape, isCompatible, sizeOf } from '../core/shape.js';
import { formatSpec, isSpec } from '../core/spec.js';
import { alongside, type Mapped } from '../core/structure.js';
import { type Tensor, type TensorLike, tensor, toTensor } from '../core/tensor.js';
import { codeOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import type { NativeCallable } from '../native/binding.js';
import * as ops from '../ops/index.js';
import { Cell } from './cell.js';
import { Dataset } from './dataset.js';
import type { DatasetContext } from './dataset-context.js';
import { type LeafSpec, leavesOf, named, specsIn } from './dataset-step.js';
import { GraphDataset } from './graph-dataset.js';
import { scalar64 } from './host-values.js';

/** Elements made in JavaScript, in the structure of `S`. Tensors stay the maker's own. */
export type Made<S extends Specs> = Mapped<S, LeafSpec, Tensor | TensorLike>;
type Elements<S extends Specs> = Iterable<Made<S>> | AsyncIterable<Made<S>>;

export interface GeneratorOptions<S extends Specs> {
  /** dtype and shape of every tensor of an element; open dimensions are `null`. */
  elementSpec: S;
}

/** Elements that may wait in the graph. */
const CAPACITY = 8;
const FULL_WAIT_MS = 1;
/** What an element in the queue is. */
const KIND = { element: 0, end: 1, failure: 2 } as const;
const FAILED = 'generator: the function failed';

/**
 * Elements that a JavaScript function makes, called anew for each pass; all further steps run in the graph. They are made
 * a few ahead of their use.
 *
 * @throws while running: what the function throws; ERR_DTYPE or ERR_SHAPE for elements that are not as `elementSpec` says
 * @example
 * const rows = tf.data.generator(
 *   async function* () {
 *     for await (const { pixels, label } of database.rows()) yield [pixels, label];
 *   },
 *   { elementSpec: [tf.spec('float32', [784]), tf.spec('int32', [])] },
 * );
 * await model.fit(rows.shuffle(1000).batch(32), { epochs: 2 });
 */
export function generator<const S extends Specs>(make: () => Elements<S>, options: GeneratorOptions<S>): Dataset<S> {
  checkOptions('generator', options, ['elementSpec']);
  if (typeof make !== 'function') {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `generator: expected a function that gives elements, got ${typeof make}.`,
    );
  }
  const { elementSpec } = options;
  let failure: unknown;
  return new Dataset<S>({
    name: 'generator',
    from: [],
    elementSpec,
    cardinality: null,
    build: (context) => {
      if (currentScope().body) {
        throw new TensorFlowError(
          'ERR_ARGUMENT',
          'generator: a JavaScript function cannot run inside flatMap or interleave.',
        );
      }
      const queue = new ElementQueue(context, specsIn(elementSpec));
      const pump = new Pump(
        queue,
        () => elementsOf(elementSpec, make()),
        (error) => {
          failure = error;
        },
      );
      context.sources.push(pump);
      return queue.dataset();
    },
    explain: (error) => (error instanceof Error && error.message.includes(FAILED) ? failure : error),
  });
}

/** Elements as lists of tensors that may be disposed. */
async function* elementsOf<S extends Specs>(elementSpec: S, elements: Elements<S>): AsyncGenerator<Tensor[]> {
  const leaves = leavesOf(elementSpec);
  for await (const element of elements) {
    const values = alongside<LeafSpec>(elementSpec, isSpec, element);
    yield leaves.map(([path, leaf], i) => ownTensor(path, leaf, values[i] as Tensor | TensorLike | undefined));
  }
}

function ownTensor(path: string, leaf: LeafSpec, value: Tensor | TensorLike | undefined): Tensor {
  const name = path ? `'${path}' of an element` : 'an element';
  const expected = `generator: ${name} must be ${formatSpec(leaf)}`;
  if (value === undefined) throw new TensorFlowError('ERR_ARGUMENT', `${expected}, but is missing.`);
  const host = hostTensor(value, leaf);
  const own = host === value ? host.reshape(host.shape) : host;
  if (own.dtype !== leaf.dtype) throw new TensorFlowError('ERR_DTYPE', `${expected}, got ${own.dtype}.`);
  if (isCompatible(own.shape, leaf.shape)) return own;
  throw new TensorFlowError('ERR_SHAPE', `${expected}, got ${formatShape(own.shape)}.`);
}

function hostTensor(value: Tensor | TensorLike, { dtype }: LeafSpec): Tensor {
  try {
    return toTensor(value, dtype);
  } catch (error) {
    throw named('generator', error);
  }
}

/** Elements on their way from JavaScript into the graph, each with its kind and the number of the run that it is of. */
class ElementQueue {
  readonly #context: DatasetContext;
  readonly #leaves: readonly LeafSpec[];
  readonly #handle: Output;
  readonly #run = new Cell('run', { dtype: 'int64', shape: [] });
  readonly #enqueue: NativeCallable;
  readonly #size: NativeCallable;
  readonly #begin: NativeCallable;
  #number = 0;
  #room = 0;

  /** In the scope that is current. */
  constructor(context: DatasetContext, leaves: readonly LeafSpec[]) {
    const { program } = context;
    this.#context = context;
    this.#leaves = leaves;
    const parts: LeafSpec[] = [{ dtype: 'int64', shape: [] }, { dtype: 'int32', shape: [] }, ...leaves];
    this.#handle = ops.fifoQueueV2({
      componentTypes: parts.map(({ dtype }) => dtype),
      capacity: CAPACITY,
      sharedName: program.graph.uniqueName('generator'),
    });
    const values = parts.map((part) => ops.placeholder(part));
    this.#enqueue = program.callable(values, [], [ops.queueEnqueueV2(this.#handle, values)]);
    this.#size = program.callable([], [ops.queueSizeV2(this.#handle)]);
    const number = ops.placeholder({ dtype: 'int64', shape: [] });
    this.#begin = program.callable([number], [], [this.#run.assign(number)]);
  }

  /** What is put in, of the run that is current, up to its end. */
  dataset(): GraphDataset {
    const { program } = this.#context;
    const parts: LeafSpec[] = [{ dtype: 'int64', shape: [] }, { dtype: 'int32', shape: [] }, ...this.#leaves];
    const componentTypes = parts.map(({ dtype }) => dtype);
    const ever = GraphDataset.range(program, tensor(2n ** 63n - 1n));
    const all = this.#step(ever, parts, () => ops.queueDequeueV2(this.#handle, { componentTypes }), ops.mapDataset);
    const current = this.#step(all, parts, (run) => [ops.equal(run as Output, this.#run.read())], filter);
    const whole = this.#step(current, parts, (_, kind) => [isElement(kind as Output)], takeWhile);
    return this.#step(whole, this.#leaves, (_run, _kind, ...element) => element, ops.mapDataset);
  }

  /** Begins a new run; what is left of the one before no longer counts. */
  async begin(): Promise<void> {
    using number = scalar64(++this.#number);
    await this.#begin.run([number.native]);
  }

  /** Waits for room, then puts it in; false when a new run began meanwhile. */
  async put(kind: keyof typeof KIND, element: readonly Tensor[], run: number): Promise<boolean> {
    while (this.#room === 0) {
      if (run !== this.#number) return false;
      const [size] = await this.#size.run([]);
      this.#room = CAPACITY - (new Int32Array(size?.buffer() ?? new ArrayBuffer(4))[0] ?? 0);
      if (this.#room === 0) await setTimeout(FULL_WAIT_MS, undefined, { ref: false });
    }
    if (run !== this.#number) return false;
    this.#room--;
    using number = scalar64(run);
    using state = tensor(KIND[kind], [], 'int32');
    await this.#enqueue.run([number, state, ...element].map(({ native }) => native));
    return true;
  }

  async mark(kind: 'end' | 'failure', run: number): Promise<void> {
    const blanks = this.#leaves.map(blank);
    await this.put(kind, blanks, run);
    for (const part of blanks) part.dispose();
  }

  get number(): number {
    return this.#number;
  }

  #step(
    input: GraphDataset,
    elements: readonly LeafSpec[],
    build: (...inputs: Output[]) => readonly Output[],
    op: typeof ops.mapDataset,
  ): GraphDataset {
    const { program } = this.#context;
    using fn = this.#context.function(0, input.elements, build);
    const f = fn.define('generator');
    return new GraphDataset(program, elements, (types) => op(input.handle, fn.captured, { ...types, f }));
  }
}

/** A tensor that may stand there. */
function blank({ dtype, shape }: LeafSpec): Tensor {
  const dimensions = (shape ?? []).map((size) => size ?? 0);
  const size = sizeOf(dimensions);
  return tensor(dtype === 'string' ? Array<string>(size).fill('') : newArray(dtype, size), dimensions, dtype);
}

const filter: typeof ops.mapDataset = (input, captured, { f, ...types }) =>
  ops.filterDataset(input, captured, { ...types, predicate: f });
const takeWhile: typeof ops.mapDataset = (input, captured, { f, ...types }) =>
  ops.takeWhileDataset(input, captured, { ...types, predicate: f });

function isElement(kind: Output): Output {
  ops.assert(ops.notEqual(kind, KIND.failure), [FAILED]);
  return ops.equal(kind, KIND.element);
}

/** Fills a queue with what a function makes. */
class Pump {
  readonly #queue: ElementQueue;
  readonly #make: () => AsyncGenerator<Tensor[]>;
  readonly #failed: (error: unknown) => void;

  constructor(queue: ElementQueue, make: () => AsyncGenerator<Tensor[]>, failed: (error: unknown) => void) {
    this.#queue = queue;
    this.#make = make;
    this.#failed = failed;
  }

  async start(): Promise<void> {
    await this.#queue.begin();
    void this.#fill(this.#queue.number);
  }

  /** Whatever is under way ends. */
  async finish(): Promise<void> {
    await this.#queue.begin();
  }

  async #fill(run: number): Promise<void> {
    try {
      for await (const element of this.#make()) {
        const taken = await this.#queue.put('element', element, run);
        for (const part of element) part.dispose();
        if (!taken) return;
      }
      await this.#queue.mark('end', run);
    } catch (error) {
      await this.#fail(error, run);
    }
  }

  async #fail(error: unknown, run: number): Promise<void> {
    // Why: nobody waits for elements of a program that is no more.
    if (codeOf(error) === 'ERR_DISPOSED') return;
    this.#failed(error);
    await this.#queue.mark('failure', run).catch(() => undefined);
  }
}
