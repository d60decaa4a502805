import type { Specs } from '../core/function.js';
import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { Several } from '../core/several.js';
import type { Tensor } from '../core/tensor.js';
import { codeOf } from '../errors/errors.js';

/**
 * Where batches come from while a model trains, evaluates or predicts. A source is a description; `build` puts it into
 * a program's graph, so that a step reads its batch without JavaScript.
 */
export interface DataSource {
  /** One batch: x, then y, then sample weights, as far as there are any. Dimension 0 is the batch, usually open. */
  readonly elementSpec: Specs;
  /** Which of its tensors are x, y and sample weights, where that is not one each in this order. */
  readonly layout?: BatchLayout | undefined;
  /** Batches of one pass; null where only running tells. */
  readonly batchesPerPass: number | null;
  /** Sources with the same key build the same graph, so that a step traced over one also runs over another. */
  readonly graphKey?: string;
  build(program: Program): BuiltSource;
}

/** Where the parts of a batch are among the tensors of a source. */
export interface BatchLayout {
  readonly x: Several<number>;
  readonly y?: Several<number>;
  readonly sampleWeight?: Several<number>;
}

/** A source inside a program. */
export interface BuiltSource {
  /** Inside a traced function: the next batch. Running past the end of a pass fails with TF_OUT_OF_RANGE. */
  next(): Output[];
  /** (Re)starts at the first batch of the pass numbered `pass`; shuffled sources give each pass an order of its own. */
  start(pass: number): Promise<void>;
  /** For sources with a `graphKey`: from the next start on, the batches of another source of that key. */
  bind?(source: DataSource): void;
  /** For sources that live in JavaScript: what `next` returned are placeholders, to be fed with these before each step. null: end of pass. */
  feed?(): Promise<Tensor[] | null>;
  /** A better error for a step that failed, e.g. naming the picture that could not be read. */
  explain?(failure: unknown): Promise<unknown>;
  /** Frees what the source keeps in the program's memory. */
  finish(): Promise<void>;
}

/** Whether a run failed because the pass is at its end. */
export function isEnd(failure: unknown): boolean {
  return codeOf(failure) === 'TF_OUT_OF_RANGE';
}

/** The failure of a run, as the source knows it better. */
export async function explained(source: BuiltSource, failure: unknown): Promise<unknown> {
  return source.explain ? source.explain(failure) : failure;
}
