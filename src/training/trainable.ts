import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { Several } from '../core/several.js';
import type { TensorSpec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import type { Constraint, Variable } from '../core/variable.js';
import type { BatchLayout } from '../data/source.js';
import type { Metric } from '../nn/index.js';
import type { Compiled } from './compiled.js';

/** What a model must be for the training loops: they know nothing of layers. */
export interface Trainable {
  readonly name: string;
  readonly program: Program;
  readonly trainableWeights: Variable[];
  /** Names of the inputs and outputs, in order; null where only calling the model tells. */
  readonly inputNames: readonly string[] | null;
  readonly outputNames: readonly string[] | null;
  readonly compiled: Compiled;
  /** Bounds to put weights back into after an update. */
  readonly constraints: ReadonlyMap<Variable, Constraint>;
  /** Makes the weights where there are none, and refuses data that does not fit. */
  accept(what: string, x: Several<TensorSpec>): void;
  /** The network's outputs for a batch, as nodes of the current graph. */
  forward(x: Several<Output>, training: boolean): Several<Output>;
  /** What regularizers add to the loss. */
  penalties(): Output[];
  /** Inside a function: one step of training; gives what is reported. */
  trainStep(batch: Batch): StepResults;
  /** Inside a function: one step of evaluation; gives what is reported. */
  testStep(batch: Batch): StepResults;
}

/** One batch, inside a function: a value, a list, or a record by name for each part. */
export interface Batch {
  readonly x: Several<Output>;
  readonly y?: Several<Output> | undefined;
  readonly sampleWeight?: Several<Output> | undefined;
}

/** What a step reports, by name: scalars, whose mean over the samples is shown, and metrics that it updated. */
export type StepResults = Readonly<Record<string, Output | Metric>>;

/** Tensors in memory, and where x, y and sample weights are among them. */
export interface HostParts {
  readonly tensors: readonly Tensor[];
  readonly layout: BatchLayout;
}
