import { constant } from '../core/constant.js';
import type { Outputs, Specs, Values } from '../core/function.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import { isSpec } from '../core/spec.js';
import { type Mapped, repack } from '../core/structure.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { checkWhole, chosenSeed } from './batch-options.js';
import { buildDataset } from './built-dataset.js';
import {
  type BucketOptions,
  batchStep,
  bucketStep,
  type DatasetBatchOptions,
  type PaddedBatchOptions,
  paddedBatchStep,
  type WindowOptions,
  windowStep,
} from './dataset-batches.js';
import type { DatasetContext } from './dataset-context.js';
import {
  type FilterOptions,
  flatMapStep,
  type InterleaveOptions,
  interleaveStep,
  type MapOptions,
  mapStep,
  numbered,
  predicateStep,
} from './dataset-functions.js';
import { layoutOf } from './dataset-layout.js';
import { type DatasetStep, type LeafSpec, mapSpecs, type SpecsOf, specsIn } from './dataset-step.js';
import { commonSpec, rowOf } from './element-spec.js';
import { type ElementTypes, GraphDataset, READY } from './graph-dataset.js';
import { HostBatches } from './host-batches.js';
import type { BatchLayout, BuiltSource, DataSource } from './source.js';

/** An element in JavaScript. */
export type ElementOf<S extends Specs> = Mapped<S, LeafSpec, Tensor>;

/** A dataset, whatever its elements are. */
export interface AnyDataset extends DataSource {
  /** @internal */
  readonly step: DatasetStep;
  readonly cardinality: number | null;
  toArray(): Promise<unknown[]>;
}

export interface ShuffleOptions {
  /** Repeats the order; as Python's for the first pass. @default that of `tf.config`, else drawn */
  seed?: number;
  /** Whether each pass has an order of its own. @default true */
  reshuffleEachIteration?: boolean;
}

/** TensorFlow's seed of a graph that was given none: with it, a seed gives Python's order. */
const GRAPH_SEED = 87654321;
/** The library's way to say that a buffer holds whatever there is. */
const ALL = -2;
const NUMBER: LeafSpec = { dtype: 'int64', shape: [] };

/**
 * Elements one after the other, as the library makes them: read, decoded, mapped, shuffled and batched in the graph. An
 * element is a tensor, or arrays and records of tensors. A dataset describes what is done and belongs to no program; every
 * step gives a new one.
 *
 * `model.fit` takes one whose elements are batches: x, `[x, y]` or `[x, y, sampleWeight]`, each a tensor, or a list or
 * record of tensors for models with several inputs or outputs. `for await` runs through one pass; each loop is a pass of
 * its own. Orders and random numbers depend on seed, pass and element only.
 *
 * @example
 * const dataset = tf.data
 *   .fromTensorSlices([images, labels])
 *   .shuffle(1000, { seed: 1 })
 *   .map(([image, label]) => [tf.ops.div(tf.ops.cast(image, 'float32'), 255), label])
 *   .batch(32);
 * await model.fit(dataset, { epochs: 5 });
 */
export class Dataset<S extends Specs = Specs> implements AnyDataset, AsyncIterable<ElementOf<S>> {
  /** @internal */
  readonly step: DatasetStep<S>;
  /** Passes begun in JavaScript. */
  #passes = 0;

  /** @internal Made by `tf.data.fromTensorSlices` and the like. */
  constructor(step: DatasetStep<S>) {
    this.step = step;
  }

  /** dtype and shape of every tensor of an element; `null` dimensions differ from element to element. */
  get elementSpec(): S {
    return this.step.elementSpec;
  }

  /** Number of elements; `Infinity` after `repeat()`, null where only running tells. */
  get cardinality(): number | null {
    return this.step.cardinality;
  }

  /** Elements that `body` builds from elements, in the graph; it may draw `tf.random` numbers. */
  map<O extends Outputs>(body: (element: Values<S>) => O, options: MapOptions = {}): Dataset<SpecsOf<O>> {
    return new Dataset(mapStep(this.step, body, options));
  }

  /** The elements for which `predicate` builds a true scalar. */
  filter(predicate: (element: Values<S>) => Output, options: FilterOptions = {}): Dataset<S> {
    return new Dataset(predicateStep('filter', this.step, predicate, options));
  }

  /** The elements before the first for which `predicate` builds a false scalar. */
  takeWhile(predicate: (element: Values<S>) => Output, options: FilterOptions = {}): Dataset<S> {
    return new Dataset(predicateStep('takeWhile', this.step, predicate, options));
  }

  /**
   * The elements of the datasets that `body` makes of the elements, one dataset after the other.
   *
   * @example
   * tf.data.listFiles('logs/*.txt', { shuffle: false }).flatMap((path) => tf.data.textLines(path));
   */
  flatMap<O extends Specs>(body: (element: Values<S>) => Dataset<O>, options: FilterOptions = {}): Dataset<O> {
    return new Dataset(flatMapStep(this.step, body, options));
  }

  /** As {@link flatMap}, several datasets taking turns. */
  interleave<O extends Specs>(body: (element: Values<S>) => Dataset<O>, options: InterleaveOptions = {}): Dataset<O> {
    return new Dataset(interleaveStep(this.step, body, options));
  }

  /**
   * Batches of `size` elements, stacked along a new first dimension.
   *
   * @throws ERR_SHAPE, while running, for elements of different shapes
   */
  batch(size: number, options: DatasetBatchOptions = {}): Dataset<S> {
    return new Dataset(batchStep(this.step, size, options));
  }

  /** As {@link batch}, smaller elements padded at the end of each dimension. */
  paddedBatch(size: number, options: PaddedBatchOptions = {}): Dataset<S> {
    return new Dataset(paddedBatchStep(this.step, size, options));
  }

  /**
   * Padded batches of elements of about the same length.
   *
   * @param length builds the length of an element, an integer scalar
   * @example
   * sentences.bucketByLength((words) => tf.ops.size(words), { boundaries: [10, 20], batchSizes: [64, 32, 16] });
   */
  bucketByLength(length: (element: Values<S>) => Output, options: BucketOptions): Dataset<S> {
    return new Dataset(bucketStep(this.step, length, options));
  }

  /** Runs of `size` elements, each run as a batch (TensorFlow gives datasets). */
  window(size: number, options: WindowOptions = {}): Dataset<S> {
    return new Dataset(windowStep(this.step, size, options));
  }

  /** The rows of each element. */
  unbatch(): Dataset<S> {
    const elementSpec = mapSpecs(this.elementSpec, (leaf, path) => rowOf(leaf, path));
    const sizes = new Set(specsIn(this.elementSpec).map(({ shape }) => shape?.[0] ?? null));
    const [size] = sizes;
    const known = sizes.size === 1 && typeof size === 'number' && this.cardinality !== null;
    const cardinality = known ? size * (this.cardinality ?? 0) : null;
    return this.#then('unbatch', { elementSpec, cardinality }, (input, types) => ops.unbatchDataset(input, types));
  }

  /**
   * In random order: each element is drawn from a buffer of the next `bufferSize`. As many as there are elements, or
   * `Infinity` for all of them, make every order as likely.
   */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<S> {
    checkOptions('Dataset.shuffle', options, ['seed', 'reshuffleEachIteration']);
    const all = bufferSize === Number.POSITIVE_INFINITY;
    if (!all) checkWhole('Dataset.shuffle: bufferSize', bufferSize, 1);
    const { reshuffleEachIteration = true } = options;
    const seed = chosenSeed(options.seed);
    return this.#then('shuffle', {}, (input, types, { pass }) => {
      const base = constant(tensor(BigInt(GRAPH_SEED)));
      const first = reshuffleEachIteration ? ops.add(base, pass) : base;
      return ops.shuffleDatasetV3(input, all ? ALL : bufferSize, first, seed, ops.dummySeedGenerator(), {
        ...types,
        reshuffleEachIteration,
      });
    });
  }

  /**
   * `count` times over; without end when left out.
   *
   * @throws ERR_ARGUMENT after `generator`, which runs once a pass, unless its elements are cached
   */
  repeat(count = Number.POSITIVE_INFINITY): Dataset<S> {
    const endless = count === Number.POSITIVE_INFINITY;
    checkRepeatable(this.step);
    if (!endless) checkWhole('Dataset.repeat: count', count, 0);
    const cardinality = count === 0 || this.cardinality === 0 ? 0 : endless ? count : times(this.cardinality, count);
    return this.#then('repeat', { cardinality }, (input, types) =>
      ops.repeatDataset(input, endless ? -1 : count, types),
    );
  }

  /** The first `count` elements, if there are so many. */
  take(count: number): Dataset<S> {
    checkWhole('Dataset.take: count', count, 0);
    const cardinality = this.cardinality === null ? (count === 0 ? 0 : null) : Math.min(count, this.cardinality);
    return this.#then('take', { cardinality }, (input, types) => ops.takeDataset(input, count, types));
  }

  /** All but the first `count` elements. */
  skip(count: number): Dataset<S> {
    checkWhole('Dataset.skip: count', count, 0);
    const cardinality = this.cardinality === null ? null : Math.max(0, this.cardinality - count);
    return this.#then('skip', { cardinality }, (input, types) => ops.skipDataset(input, count, types));
  }

  /** Every `shards`-th element, from element `index` on: the part of one of several workers. */
  shard(shards: number, index: number): Dataset<S> {
    checkWhole('Dataset.shard: shards', shards, 1);
    checkWhole('Dataset.shard: index', index, 0);
    if (index >= shards) {
      throw new TensorFlowError('ERR_ARGUMENT', `Dataset.shard: index ${index} is not below the ${shards} shards.`);
    }
    const n = this.cardinality;
    const cardinality = n === null || n === Number.POSITIVE_INFINITY ? n : Math.max(0, Math.ceil((n - index) / shards));
    return this.#then('shard', { cardinality }, (input, types) => ops.shardDataset(input, shards, index, types));
  }

  /** The elements of this one, then those of another whose elements are alike. */
  concatenate(other: AnyDataset): Dataset<S> {
    const elementSpec = commonSpec(this.elementSpec, other.elementSpec);
    const [one, two] = [this.cardinality, other.cardinality];
    const cardinality = one === null || two === null ? null : one + two;
    return new Dataset({
      name: 'Dataset.concatenate',
      from: [this.step, other.step],
      elementSpec,
      cardinality,
      build: (context) => {
        const [first, second] = [this.step.build(context), other.step.build(context)];
        return new GraphDataset(context.program, specsIn(elementSpec), (types) =>
          ops.concatenateDataset(first.handle, second.handle, types),
        );
      },
    });
  }

  /** Each element with its number before it: `[number, element]`, int64 scalars from 0 on. */
  enumerate(): Dataset<[LeafSpec, S]> {
    return new Dataset({
      name: 'Dataset.enumerate',
      from: [this.step],
      elementSpec: [NUMBER, this.elementSpec],
      cardinality: this.cardinality,
      build: (context) => numbered(this.step.build(context)),
    });
  }

  /** Each different element once. For elements of one tensor of integers or strings. */
  unique(): Dataset<S> {
    const cardinality = this.cardinality === 0 ? 0 : null;
    return this.#then('unique', { cardinality }, (input, types) => ops.uniqueDataset(input, types));
  }

  /** Without the elements that fail: files that are missing, pictures that do not decode. */
  ignoreErrors(): Dataset<S> {
    const cardinality = this.cardinality === 0 ? 0 : null;
    return this.#then('ignoreErrors', { cardinality }, (input, types) => ops.ignoreErrorsDataset(input, types));
  }

  /**
   * Keeps the elements of the first whole pass for the passes after it, so that nothing before this step runs again: in
   * memory, as long as the model lives that is given the dataset, or the loop; or in files whose names begin with `file`,
   * for later runs too.
   */
  cache(file = ''): Dataset<S> {
    return this.#then('cache', {}, (input, types, context) => {
      const cached = ops.cacheDatasetV2(input, file, ops.dummyMemoryCache(), types);
      return file === '' ? context.keep(cached) : cached;
    });
  }

  /** Makes up to `count` elements ahead of their use. The last step of a dataset does so by itself. */
  prefetch(count: number | 'auto' = 'auto'): Dataset<S> {
    const size = count === 'auto' ? READY : count;
    checkWhole('Dataset.prefetch: count', size, 0);
    return this.#then('prefetch', {}, (input, types) => ops.prefetchDataset(input, size, types));
  }

  /** All elements in JavaScript. Owner of the tensors: the caller. */
  async toArray(): Promise<ElementOf<S>[]> {
    if (this.cardinality === Number.POSITIVE_INFINITY) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'Dataset.toArray: the dataset has no end; take(n) elements of it first.',
      );
    }
    const elements: ElementOf<S>[] = [];
    for await (const element of this) elements.push(element);
    return elements;
  }

  /** One pass. Owner of the tensors: the caller. */
  async *[Symbol.asyncIterator](): AsyncGenerator<ElementOf<S>> {
    using batches = new HostBatches(this);
    await batches.start(this.#passes++);
    for (let batch = await batches.next(); batch; batch = await batches.next()) {
      yield repack<LeafSpec, Tensor>(this.elementSpec, isSpec, batch) as ElementOf<S>;
    }
  }

  /** @internal As a model takes it: elements are batches. */
  get batchesPerPass(): number | null {
    return this.cardinality;
  }

  /** @internal Which tensors are x, y and sample weights. */
  get layout(): BatchLayout {
    return layoutOf(this.elementSpec);
  }

  /** @internal */
  build(program: Program): BuiltSource {
    return buildDataset(this.step, program);
  }

  #then(
    name: string,
    change: Partial<Pick<DatasetStep<S>, 'elementSpec' | 'cardinality'>>,
    make: (input: Output, types: ElementTypes, context: DatasetContext) => Output,
  ): Dataset<S> {
    const { step: before } = this;
    const { elementSpec = before.elementSpec, cardinality = before.cardinality } = change;
    return new Dataset({
      name: `Dataset.${name}`,
      from: [before],
      elementSpec,
      cardinality,
      build: (context) => {
        const { handle } = before.build(context);
        return new GraphDataset(context.program, specsIn(elementSpec), (types) => make(handle, types, context));
      },
    });
  }
}

function checkRepeatable({ name, from }: DatasetStep): void {
  if (name === 'Dataset.cache') return;
  for (const before of from) checkRepeatable(before);
  if (name !== 'generator') return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    'Dataset.repeat: a generator runs once a pass; leave repeat out, since each epoch is a pass of its own, or cache() before it.',
  );
}

function times(count: number | null, factor: number): number | null {
  return count === null ? null : count * factor;
}
