import { formatShape, isCompatible } from '../core/shape.js';
import { spec, type TensorSpec } from '../core/spec.js';
import { Tensor, type TensorLike, toTensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import * as ops from '../ops/index.js';
import { BatchQueue } from './batch-queue.js';
import type { BuiltSource, DataSource } from './source.js';

type Value = Tensor | TensorLike;
/** x alone, or a list of x, y and weights as far as there are any. Each has the rows of the batch. */
export type HostBatch = Tensor | readonly Value[];
type Batches = Iterable<HostBatch> | AsyncIterable<HostBatch>;
/** Batches made in JavaScript. A function is called for each pass; a generator that is already running goes on. */
export type BatchGenerator = Batches | (() => Batches);

export interface GeneratorSourceOptions {
  /** Batches of one pass, where they are known. @default null: a pass ends where the generator does */
  batchesPerPass?: number | null;
}

/**
 * Batches from JavaScript, fed to each step. They are made up to two batches ahead of training. Tensors that the
 * generator gives stay its own.
 *
 * @example
 * const source = new GeneratorSource(async function* () {
 *   for await (const { pixels, labels } of readBatches()) yield [pixels, labels];
 * });
 * await source.open();
 */
export class GeneratorSource implements DataSource {
  readonly batchesPerPass: number | null;
  readonly #generator: BatchGenerator;
  #queue: BatchQueue<HostBatch> | undefined;
  #specs: readonly TensorSpec[] | undefined;
  /** Whether the queue still stands at the first batch of a pass. */
  #fresh = false;

  constructor(generator: BatchGenerator, { batchesPerPass = null }: GeneratorSourceOptions = {}) {
    this.#generator = generator;
    this.batchesPerPass = batchesPerPass;
  }

  /** dtype and shape of the first batch, dimension 0 open. */
  get elementSpec(): readonly TensorSpec[] {
    if (this.#specs) return this.#specs;
    throw new TensorFlowError('ERR_NOT_BUILT', 'GeneratorSource: no batch was seen yet; await source.open() first.');
  }

  /**
   * Looks at the first batch. It is not lost: the first pass begins with it.
   *
   * @throws ERR_DATA_EMPTY when there is none
   */
  async open(): Promise<void> {
    if (this.#specs) return;
    const queue = this.#openQueue();
    const first = await queue.next();
    if (!first) throw new TensorFlowError('ERR_DATA_EMPTY', 'GeneratorSource: the generator ended without a batch.');
    queue.unshift(first);
    this.#fresh = true;
  }

  build(): BuiltSource {
    return {
      next: () => this.elementSpec.map((element) => ops.placeholder(element)),
      start: async () => {
        const left = this.#queue;
        if (!this.#fresh && this.#openQueue() !== left) await left?.close();
        this.#fresh = false;
      },
      feed: async () => this.#queue?.next() ?? null,
      finish: async () => {
        if (typeof this.#generator !== 'function') return;
        await this.#queue?.close();
        this.#queue = undefined;
      },
    };
  }

  /** At the first batch of a pass; a generator that is already running keeps its queue. */
  #openQueue(): BatchQueue<HostBatch> {
    const batches = typeof this.#generator === 'function' ? this.#generator() : this.#generator;
    const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
    if (!this.#queue || this.#queue.iterator !== iterator) {
      this.#queue = new BatchQueue(iterator, (batch) => this.#toTensors(batch));
    }
    return this.#queue;
  }

  #toTensors(batch: HostBatch): Tensor[] {
    const parts = batch instanceof Tensor ? [batch] : batch;
    const specs = this.#specs;
    if (!Array.isArray(parts) || (specs && parts.length !== specs.length)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `GeneratorSource: a batch is a list [x, y] or [x, y, weights]${specs ? ` of ${specs.length} parts, as the first one was` : ''}, got ${describe(batch)}.`,
      );
    }
    const own = parts.map((part: Value, i) => ownTensor(part, specs?.[i], ['x', 'y', 'weights'][i] ?? `part ${i}`));
    this.#specs ??= own.map(({ dtype, shape }) => spec(dtype, [null, ...shape.slice(1)]));
    return own;
  }
}

/** A tensor that may be disposed whatever becomes of the value. */
function ownTensor(value: Value, expected: TensorSpec | undefined, name: string): Tensor {
  const own = value instanceof Tensor ? value.reshape(value.shape) : toTensor(value, expected?.dtype);
  const fits = !expected || (own.dtype === expected.dtype && isCompatible(own.shape, expected.shape));
  if (own.rank > 0 && fits) return own;
  const wanted = expected ? `${expected.dtype} ${formatShape(expected.shape)}, as in the first one` : 'rows';
  throw new TensorFlowError(
    'ERR_SHAPE',
    `GeneratorSource: ${name} of a batch must be ${wanted}, got ${own.dtype} ${formatShape(own.shape)}.`,
  );
}

function describe(value: unknown): string {
  return Array.isArray(value) ? `${value.length} parts` : typeof value;
}
