import type { Output } from '../core/output.js';
import { type Program, spec, type TensorSpec } from '../core/program.js';
import type { RandomStream } from '../core/random.js';
import { withScope } from '../core/scope.js';
import type { Tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import { type BatchOptions, batchOptions } from './batch-options.js';
import type { Target } from './class-mode.js';
import { HostBatches } from './host-batches.js';
import { emptyTensor, scalar64 } from './host-values.js';
import { ascending, passStream, permutation } from './pass-random.js';
import type { ImageShape, Pictures } from './pictures.js';
import type { BuiltSource, DataSource } from './source.js';

/** What is done to a batch of pictures, float32 `[n, h, w, c]`, in the graph. */
export type Preparation = (images: Output, stream: RandomStream) => Output;

/** A batch: x float32 `[n, h, w, c]`, then y and sample weights as far as there are any. */
export type Batch = Tensor[];

/**
 * Batches of pictures, augmented in the graph: what `flow` and `flowFromDirectory` of an image data generator give.
 * A model trains on it; in JavaScript, `for await` runs through one pass, `next()` gives batches without end.
 */
export class ImageFlow implements DataSource, AsyncIterable<Batch> {
  /** Pictures of one pass. */
  readonly n: number;
  readonly batchSize: number;
  readonly imageShape: ImageShape;
  readonly elementSpec: readonly TensorSpec[];
  readonly batchesPerPass: number;
  readonly #pictures: Pictures;
  readonly #prepare: Preparation;
  readonly #target: Target;
  readonly #shuffle: boolean;
  readonly #seed: number;
  #passes = 0;
  #endless: HostBatches | undefined;

  /** @internal */
  constructor(pictures: Pictures, prepare: Preparation, target: Target, options: BatchOptions) {
    const { batchSize, shuffle, seed } = batchOptions(options);
    this.n = pictures.count;
    this.batchSize = batchSize;
    this.imageShape = pictures.imageShape;
    this.elementSpec = [spec('float32', [null, ...pictures.imageShape]), ...target.specs];
    this.batchesPerPass = Math.ceil(this.n / batchSize);
    this.#pictures = pictures;
    this.#prepare = prepare;
    this.#target = target;
    this.#shuffle = shuffle;
    this.#seed = seed;
  }

  build(program: Program): BuiltSource {
    // Why: reading and decoding have no other kernels, and a GPU is better left to the model.
    return withScope(program.scope.sub('pictures').onDevice('/device:CPU:0'), () => this.#build(program));
  }

  /** The next batch; after the last one of a pass the next pass begins. Owner: the caller. */
  async next(): Promise<Batch> {
    if (!this.#endless) {
      this.#endless = new HostBatches(this);
      await this.#endless.start(this.#passes++);
    }
    const batch = await this.#endless.next();
    if (batch) return batch;
    await this.#endless.start(this.#passes++);
    return this.next();
  }

  /** One pass. Owner of the batches: the caller. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    using batches = new HostBatches(this);
    await batches.start(this.#passes++);
    for (let batch = await batches.next(); batch; batch = await batches.next()) yield batch;
  }

  /** Frees what `next()` keeps. */
  dispose(): void {
    this.#endless?.dispose();
    this.#endless = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #build(program: Program): BuiltSource {
    const pictures = this.#pictures;
    const pass = ops.placeholder({ ...spec('int64', []), name: 'pass' });
    const count = ops.placeholder({ ...spec('int64', []), name: 'count' });
    const inputs = pictures.inputs.map((input) => ops.placeholder(input));
    const order = this.#shuffle ? permutation(this.#seed, pass, count) : ascending(count);
    const { start, next } = pictures
      .batches(program, inputs, order, this.batchSize)
      .map(this.elementSpec, (...batch) => this.#finish(batch, pass))
      .prefetch()
      .iterate();
    const run = program.callable([pass, count, ...inputs], [], [start]);
    const begin = async (number: number, length: number, values: readonly Tensor[]) => {
      const feeds = [scalar64(number), scalar64(length), ...values];
      await run.run(feeds.map(({ native }) => native));
    };
    return {
      next,
      start: async (number) => begin(number, this.n, await pictures.values()),
      finish: () => begin(0, 0, pictures.inputs.map(emptyTensor)),
      explain: (failure) => pictures.explain(failure),
    };
  }

  /** The function of a batch, as `Pictures.batches` gives it. */
  #finish(batch: readonly Output[], pass: Output): Output[] {
    const [positions, images, ...extras] = batch as [Output, Output, ...Output[]];
    const stream = passStream(this.#seed, pass, ops.min(positions));
    const x = this.#prepare(ops.cast(images, 'float32'), stream);
    return [x, ...this.#target.make(x, extras)];
  }
}
