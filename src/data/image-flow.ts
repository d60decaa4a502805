import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { RandomStream } from '../core/random.js';
import { spec, type TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import { type BatchOptions, batchOptions } from './batch-options.js';
import type { Target } from './class-mode.js';
import { HostBatches } from './host-batches.js';
import { PicturePipeline } from './picture-pipeline.js';
import { PictureWriter, type SaveOptions } from './picture-writer.js';
import type { ImageShape, Pictures } from './pictures.js';
import { type HostSteps, PreparedBatches } from './prepared-batches.js';
import type { HostPreprocessing } from './preprocessing-function.js';
import type { BatchLayout, BuiltSource, DataSource } from './source.js';

/** What is done to a batch of pictures, `[n, h, w, c]`. */
export interface Preparation {
  /** In the graph, to float32. */
  readonly augment: (images: Output, stream: RandomStream) => Output;
  /** In JavaScript, between the two others, of each picture. */
  readonly onHost?: HostPreprocessing | undefined;
  /** In the graph. */
  readonly standardize: (images: Output) => Output;
}

export interface ImageFlowOptions extends BatchOptions, SaveOptions {}

/** A batch: x float32 `[n, h, w, c]`, then y (several for `multi_output`) and sample weights as far as there are any. */
export type Batch = Tensor[];

/** Batches of a flow in JavaScript, pass after pass. */
interface Reader {
  start(pass: number): Promise<void>;
  /** null: end of the pass. */
  next(): Promise<Batch | null>;
  dispose(): void;
}

/**
 * Batches of pictures, augmented in the graph: what `flow`, `flowFromDirectory` and `flowFromDataFrame` of an image data
 * generator give. A model trains on it; in JavaScript, `for await` runs through one pass, `next()` gives batches without
 * end.
 */
export class ImageFlow implements DataSource, AsyncIterable<Batch> {
  /** Pictures of one pass. */
  readonly n: number;
  readonly batchSize: number;
  readonly imageShape: ImageShape;
  readonly elementSpec: readonly TensorSpec[];
  readonly layout: BatchLayout;
  readonly batchesPerPass: number;
  readonly #pipeline: PicturePipeline;
  /** Steps outside of the graph, where there are any. */
  readonly #hostSteps: HostSteps | undefined;
  #passes = 0;
  #endless: Reader | undefined;
  #begin = true;

  /** @internal */
  constructor(pictures: Pictures, prepare: Preparation, target: Target, options: ImageFlowOptions) {
    const { saveToDir } = options;
    const batches = batchOptions(options);
    const images = spec('float32', [null, ...pictures.imageShape]);
    const finish = (made: Output, extras: readonly Output[]) => {
      const x = prepare.standardize(made);
      return [x, ...target.make(x, extras)];
    };
    this.n = pictures.count;
    this.batchSize = batches.batchSize;
    this.imageShape = pictures.imageShape;
    this.elementSpec = [images, ...target.specs];
    this.layout = { x: 0, ...target.layout };
    if (saveToDir === undefined && !prepare.onHost) {
      this.#pipeline = new PicturePipeline(pictures, batches, this.elementSpec, ({ images, extras, stream }) =>
        finish(prepare.augment(images, stream), extras),
      );
    } else {
      const raw = [spec('int64', [null]), images, ...pictures.inputs.slice(1)];
      this.#pipeline = new PicturePipeline(pictures, batches, raw, ({ indices, images, extras, stream }) => [
        indices,
        prepare.augment(images, stream),
        ...extras,
      ]);
      const writer = saveToDir === undefined ? undefined : new PictureWriter(saveToDir, options);
      this.#hostSteps = { preprocess: prepare.onHost, finish, writer };
    }
    this.batchesPerPass = this.#pipeline.batchesPerPass;
  }

  /** Pictures of one pass, as Keras calls them. */
  get samples(): number {
    return this.n;
  }

  build(program: Program): BuiltSource {
    if (!this.#hostSteps) return this.#pipeline.build(program);
    let reader: Reader | undefined;
    return {
      next: () => this.elementSpec.map((element) => ops.placeholder(element)),
      start: async (pass) => {
        reader ??= this.#reader();
        await reader.start(pass);
      },
      feed: async () => (await reader?.next()) ?? null,
      finish: async () => {
        reader?.dispose();
        reader = undefined;
      },
    };
  }

  /** The next batch; after the last one of a pass the next pass begins. Owner: the caller. */
  async next(): Promise<Batch> {
    this.#endless ??= this.#reader();
    if (this.#begin) await this.#endless.start(this.#passes++);
    this.#begin = false;
    const batch = await this.#endless.next();
    if (batch) return batch;
    this.#begin = true;
    return this.next();
  }

  /** The next call of `next()` gives the first batch of a new pass. */
  reset(): void {
    this.#begin = true;
  }

  /** One pass. Owner of the batches: the caller. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
    const reader = this.#reader();
    try {
      await reader.start(this.#passes++);
      for (let batch = await reader.next(); batch; batch = await reader.next()) yield batch;
    } finally {
      reader.dispose();
    }
  }

  /** Frees what `next()` keeps. */
  dispose(): void {
    this.#endless?.dispose();
    this.#endless = undefined;
    this.#begin = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #reader(): Reader {
    return this.#hostSteps ? new PreparedBatches(this.#pipeline, this.#hostSteps) : new HostBatches(this.#pipeline);
  }
}
