import type { ProgramFunction } from '../core/function.js';
import type { Output } from '../core/output.js';
import { Program } from '../core/program.js';
import type { Tensor } from '../core/tensor.js';
import { HostBatches } from './host-batches.js';
import type { PicturePipeline } from './picture-pipeline.js';
import type { PictureWriter } from './picture-writer.js';
import { type HostPreprocessing, preprocessOnHost } from './preprocessing-function.js';

/** What is done to batches on their way through JavaScript. */
export interface HostSteps {
  /** Of each picture. */
  readonly preprocess: HostPreprocessing | undefined;
  /** In a graph again: from the pictures and what belongs to them to the tensors of a batch. */
  readonly finish: (images: Output, extras: readonly Output[]) => Output[];
  /** Gets the finished pictures. */
  readonly writer: PictureWriter | undefined;
}

/** Batches of a pipeline that gives indices, pictures and what belongs to them, prepared in JavaScript. */
export class PreparedBatches {
  readonly #batches: HostBatches;
  readonly #program = new Program();
  readonly #finish: ProgramFunction;
  readonly #steps: HostSteps;

  constructor(pipeline: PicturePipeline, steps: HostSteps) {
    this.#batches = new HostBatches(pipeline);
    this.#steps = steps;
    const [, ...parts] = pipeline.elementSpec;
    this.#finish = this.#program.function('finish', Object.fromEntries(parts.entries()), (inputs) => {
      const [images, ...extras] = parts.map((_, i) => inputs[i]) as [Output, ...Output[]];
      return steps.finish(images, extras);
    });
  }

  async start(pass: number): Promise<void> {
    await this.#batches.start(pass);
  }

  /** null: end of the pass. */
  async next(): Promise<Tensor[] | null> {
    const batch = await this.#batches.next();
    if (!batch) return null;
    const [indices, images, ...extras] = batch as [Tensor, Tensor, ...Tensor[]];
    const { preprocess, writer } = this.#steps;
    const made = preprocess ? await preprocessOnHost(preprocess, images) : images;
    const finished = Object.values(await this.#finish(Object.fromEntries([made, ...extras].entries()))) as Tensor[];
    if (writer && finished[0])
      await writer.write(finished[0], Array.from((indices as Tensor<'int64'>).dataSync(), Number));
    for (const part of new Set([...batch, made])) part.dispose();
    return finished;
  }

  dispose(): void {
    this.#batches.dispose();
    this.#program.dispose();
  }
}
