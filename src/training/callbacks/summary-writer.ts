import type { ProgramFunction } from '../../core/function.js';
import type { Output } from '../../core/output.js';
import type { Program } from '../../core/program.js';
import { withScope } from '../../core/scope.js';
import { spec, type TensorSpec } from '../../core/spec.js';
import { type Tensor, tensor } from '../../core/tensor.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import * as ops from '../../ops/index.js';
import { encode } from '../../proto/codec.js';
import { EventSchema } from '../../proto/events.js';

const STEP = spec('int64', []);
const TEXT = spec('string', []);
/** Summaries are written at once when so many wait, or so long. */
const QUEUE = 100;
const FLUSH_MS = 10_000;
/** What pictures of values that are no numbers are drawn in. */
const RED = [255, 0, 0, 255];

/** Adds summaries to a function that is being traced. */
export interface SummaryOps {
  histogram(tag: string, values: Output): void;
  /** @param images `[count, height, width, 1 | 3 | 4]`, of which the first three are kept */
  images(tag: string, images: Output): void;
}

/**
 * An event file that TensorBoard reads, written by the library's summary ops in the program whose values it shows.
 *
 * `open` begins a new file; without it nothing can be written.
 */
export class SummaryWriter {
  readonly #program: Program;
  readonly #handle: Output;
  readonly #open: ProgramFunction<{ folder: TensorSpec; suffix: TensorSpec }>;
  readonly #scalar: ProgramFunction<{ step: TensorSpec; tag: TensorSpec; value: TensorSpec }>;
  readonly #graph: ProgramFunction<{ step: TensorSpec; graph: TensorSpec }>;
  readonly #event: ProgramFunction<{ event: TensorSpec }>;
  readonly #flush: ProgramFunction;
  readonly #close: ProgramFunction;
  #opened = false;

  /** @param name of the writer in the program */
  constructor(program: Program, name: string) {
    this.#program = program;
    this.#handle = withScope(program.scope, () =>
      ops.summaryWriter({ sharedName: program.graph.uniqueName(`${name}/writer`) }),
    );
    const writer = this.#handle;
    this.#open = program.trace(`${name}/open`, { folder: TEXT, suffix: TEXT }, ({ folder, suffix }) => {
      ops.createSummaryFileWriter(writer, folder, ops.cast(QUEUE, 'int32'), ops.cast(FLUSH_MS, 'int32'), suffix);
      return {};
    });
    const scalar = { step: STEP, tag: TEXT, value: spec('float32', []) };
    this.#scalar = program.trace(`${name}/scalar`, scalar, ({ step, tag, value }) => {
      ops.writeScalarSummary(writer, step, tag, value);
      return {};
    });
    this.#graph = program.trace(`${name}/graph`, { step: STEP, graph: TEXT }, ({ step, graph }) => {
      ops.writeGraphSummary(writer, step, graph);
      return {};
    });
    this.#event = program.trace(`${name}/event`, { event: TEXT }, ({ event }) => {
      ops.importEvent(writer, event);
      return {};
    });
    this.#flush = program.trace(`${name}/flush`, {}, () => {
      ops.flushSummaryWriter(writer);
      return {};
    });
    this.#close = program.trace(`${name}/close`, {}, () => {
      ops.closeSummaryWriter(writer);
      return {};
    });
  }

  /**
   * Begins a file in the folder, which is made where it is not there.
   *
   * @throws ERR_NOT_WRITABLE
   */
  async open(folder: string): Promise<void> {
    await this.close();
    await this.#open({ folder: tensor(folder), suffix: tensor('.v2') }).catch((cause) => {
      throw new TensorFlowError(
        'ERR_NOT_WRITABLE',
        `'${folder}' cannot be written: ${messageOf(cause)}. Choose another folder.`,
        { cause },
      );
    });
    this.#opened = true;
  }

  async scalars(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    for (const [tag, value] of Object.entries(values)) {
      await this.#scalar({ step: int64(step), tag: tensor(tag), value: tensor(value) });
    }
  }

  /** @param graph serialized GraphDef */
  async graph(graph: Uint8Array): Promise<void> {
    await this.#graph({ step: int64(0), graph: bytes(graph) });
  }

  /** What a traced run took, for TensorBoard's graphs. @param metadata serialized RunMetadata */
  async runMetadata(step: number, tag: string, metadata: Uint8Array): Promise<void> {
    const event = encode(EventSchema, {
      wallTime: Date.now() / 1000,
      step: BigInt(step),
      what: { case: 'taggedRunMetadata', value: { tag, runMetadata: metadata } },
    });
    await this.#event({ event: bytes(event) });
  }

  /** A function that writes summaries of values of the program. */
  function(name: string, body: (ops: SummaryOps) => void): (step: number) => Promise<void> {
    const traced = this.#program.trace(name, { step: STEP }, ({ step }) => {
      body({
        histogram: (tag, values) => void ops.writeHistogramSummary(this.#handle, step, tag, values),
        images: (tag, images) =>
          void ops.writeImageSummary(this.#handle, step, tag, images, ops.cast(RED, 'uint8'), { maxImages: 3 }),
      });
      return {};
    });
    return async (step) => {
      await traced({ step: int64(step) });
    };
  }

  async flush(): Promise<void> {
    await this.#flush({});
  }

  async close(): Promise<void> {
    if (!this.#opened) return;
    this.#opened = false;
    await this.#close({});
  }
}

function int64(value: number): Tensor<'int64'> {
  return tensor(BigInt(value));
}

function bytes(value: Uint8Array): Tensor {
  return tensor([value], [], 'string');
}
