import type { Callback } from './callback.js';

/** What a run does next. */
export interface Position {
  readonly epoch: number;
  /** Steps of this epoch that are done. */
  readonly step: number;
  /** The pass over the training data. */
  readonly pass: number;
  /** Batches taken of this pass. */
  readonly batch: number;
}

/** A call of `fit`, as callbacks see it. */
export interface Run {
  readonly position: Position;
  /** All callbacks of the run, in the order in which they are told. */
  readonly callbacks: readonly Callback[];
  /** Whether an AbortSignal ended it before its time. */
  readonly aborted: boolean;
  /** In `onTrainBegin`: makes the run begin there, and not at its first epoch. */
  startAt(position: Position): void;
  /** In `onTrainBatchBegin`: traces the step to come; gives its serialized RunMetadata when the step is done. */
  traceStep(done: (metadata: Uint8Array) => void): void;
}
