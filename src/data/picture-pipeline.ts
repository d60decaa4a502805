import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { RandomStream } from '../core/random.js';
import { withScope } from '../core/scope.js';
import { spec, type TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import * as ops from '../ops/index.js';
import { emptyTensor, scalar64 } from './host-values.js';
import { ascending, passStream, permutation } from './pass-random.js';
import type { Pictures } from './pictures.js';
import type { BuiltSource, DataSource } from './source.js';

/** A batch inside the graph. */
export interface GraphBatch {
  /** Which of all pictures these are, int64 `[n]`. */
  readonly indices: Output;
  /** `[n, h, w, c]` */
  readonly images: Output;
  /** What belongs to them. */
  readonly extras: readonly Output[];
  /** The random numbers of this batch of this pass. */
  readonly stream: RandomStream;
}

export interface PipelineOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
}

/** Pictures read in the order of the pass, batched, and brought to `elementSpec` by `finish`, ahead of the steps. */
export class PicturePipeline implements DataSource {
  readonly elementSpec: readonly TensorSpec[];
  readonly batchesPerPass: number;
  readonly #pictures: Pictures;
  readonly #options: PipelineOptions;
  readonly #finish: (batch: GraphBatch) => Output[];

  constructor(
    pictures: Pictures,
    options: PipelineOptions,
    elementSpec: readonly TensorSpec[],
    finish: (batch: GraphBatch) => Output[],
  ) {
    this.elementSpec = elementSpec;
    this.batchesPerPass = Math.ceil(pictures.count / options.batchSize);
    this.#pictures = pictures;
    this.#options = options;
    this.#finish = finish;
  }

  build(program: Program): BuiltSource {
    // Why: reading and decoding have no other kernels, and a GPU is better left to the model.
    return withScope(program.scope.sub('pictures').onDevice('/device:CPU:0'), () => this.#build(program));
  }

  #build(program: Program): BuiltSource {
    const pictures = this.#pictures;
    const { batchSize, shuffle, seed } = this.#options;
    const pass = ops.placeholder({ ...spec('int64', []), name: 'pass' });
    const count = ops.placeholder({ ...spec('int64', []), name: 'count' });
    const inputs = pictures.inputs.map((input) => ops.placeholder(input));
    const order = shuffle ? permutation(seed, pass, count) : ascending(count);
    const { start, next } = pictures
      .batches(program, inputs, order, batchSize)
      .map(this.elementSpec, (...batch) => {
        const [positions, images, ...extras] = batch as [Output, Output, ...Output[]];
        const stream = passStream(seed, pass, ops.min(positions));
        const indices = ops.gather(order, positions);
        return this.#finish({ indices, images, extras, stream });
      })
      .prefetch()
      .iterate();
    const run = program.callable([pass, count, ...inputs], [], [start]);
    const begin = async (number: number, length: number, values: readonly Tensor[]) => {
      const feeds = [scalar64(number), scalar64(length), ...values];
      await run.run(feeds.map(({ native }) => native));
    };
    return {
      next,
      start: async (number) => begin(number, pictures.count, await pictures.values()),
      finish: () => begin(0, 0, pictures.inputs.map(emptyTensor)),
      explain: (failure) => pictures.explain(failure),
    };
  }
}
