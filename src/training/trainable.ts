import type { Output } from '../core/output.js';
import type { Program } from '../core/program.js';
import type { Constraint, Variable } from '../core/variable.js';
import type { Loss, Metric, Optimizer } from '../nn/index.js';

/** What a model must be for the training loops: they know nothing of layers. */
export interface Trainable {
  readonly name: string;
  readonly program: Program;
  readonly trainableWeights: Variable[];
  /** The network's output for a batch, as nodes of the current graph. */
  forward(x: Output, training: boolean): Output;
  /** What regularizers add to the loss. */
  penalties(): Output[];
  /** Bounds to put weights back into after an update. */
  readonly constraints: ReadonlyMap<Variable, Constraint>;
  readonly compiled: Compiled;
}

/** What `compile` settled. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  /** Made once the shapes of predictions and labels are known. */
  readonly metricNames: readonly (string | Metric)[];
}
