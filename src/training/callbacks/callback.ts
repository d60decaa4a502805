import type { Program } from '../../core/program.js';
import type { Several } from '../../core/several.js';
import type { Tensor, TensorLike } from '../../core/tensor.js';
import type { Variable } from '../../core/variable.js';
import type { Layer } from '../../layers/layer.js';
import type { Optimizer } from '../../nn/index.js';
import type { Run } from './run.js';

/** Values of loss and metrics by name: `loss`, `accuracy`, `val_loss` …; of vectors `f1_score`, the mean, and `f1_score[0]` … */
export type Logs = Record<string, number>;

/** Outputs of one batch: a tensor, or for several outputs a list or a record by name. */
export type PredictLogs = { readonly outputs: Several<Tensor> };

/** What callbacks see of the model. */
export interface CallbackModel {
  readonly name: string;
  readonly program: Program;
  readonly layers: readonly Layer[];
  readonly weights: readonly Variable[];
  readonly trainableWeights: readonly Variable[];
  /** The compiled one; its variables are there from `onTrainBegin` on. */
  readonly optimizer: Optimizer;
  /** Set to true to end the training after the current epoch (or, in a batch callback, the current step). */
  stopTraining: boolean;
  /** Set to true, in a batch callback, to end the evaluation, or prediction, after the current step. */
  stopEvaluating: boolean;
  stopPredicting: boolean;
  /** Saves the model; the format follows the file name. */
  save(path: string): Promise<void>;
  /** Throws when `save(path)` could not work. */
  checkSavable(path: string): Promise<void>;
  saveWeights(path: string): Promise<void>;
  getWeights(): Promise<Tensor[]>;
  setWeights(values: readonly (Tensor | TensorLike)[]): Promise<void>;
  /** Copies of all weights, to be put back with `restore`. */
  snapshot(): Promise<WeightSnapshot>;
}

/** Weights as they were at one moment. */
export interface WeightSnapshot {
  restore(): Promise<void>;
  dispose(): void;
}

/** What callbacks know about the run. */
export interface TrainingParams {
  /** 1 where nothing is trained. */
  epochs: number;
  /** Steps of one epoch; null while only running tells. */
  steps: number | null;
  verbose: number;
}

/**
 * Something that is told how training, evaluation and prediction go. Every hook may be async; they wait for it. What one
 * throws ends them with that error.
 *
 * `fit` calls the hooks named Train and Epoch, and those named Test while it validates; `evaluate` those named Test, `predict`
 * those named Predict. Batches are counted from 0, in each epoch and each evaluation anew.
 *
 * Why the hooks of single steps are optional: a run without any keeps the whole epoch inside the addon.
 *
 * @example
 * class Warmup extends Callback {
 *   override async onEpochBegin(epoch: number) {
 *     await this.model.optimizer.learningRate.assign(1e-3 * Math.min(1, (epoch + 1) / 5));
 *   }
 *   override onEpochEnd(epoch: number, logs: Logs) {
 *     if ((logs.val_accuracy ?? 0) > 0.99) this.model.stopTraining = true;
 *   }
 * }
 */
export abstract class Callback {
  /** The model in training; set before `onTrainBegin`. */
  model!: CallbackModel;
  params!: TrainingParams;
  /** Where the run of `fit` stands; set with the model. */
  run!: Run;
  /** Whether it is told after all others, whatever its place in the list. */
  readonly goesLast: boolean = false;
  /**
   * What it would have to know to go on in another process, as plain data (JSON); set after `onTrainBegin` there. See
   * `BackupAndRestore`.
   */
  get state(): unknown {
    return undefined;
  }

  set state(_state: unknown) {}

  /** Tensors that belong to the {@link state}. Owner of those it is given: the callback. */
  get tensors(): readonly Tensor[] {
    return [];
  }

  set tensors(_tensors: readonly Tensor[]) {}

  onTrainBegin(_logs: Logs): void | Promise<void> {}
  onTrainEnd(_logs: Logs): void | Promise<void> {}
  onEpochBegin(_epoch: number, _logs: Logs): void | Promise<void> {}
  onEpochEnd(_epoch: number, _logs: Logs): void | Promise<void> {}
  onTestBegin(_logs: Logs): void | Promise<void> {}
  /** With what the evaluation came to, under its own names: `loss`, also in validation. */
  onTestEnd(_logs: Logs): void | Promise<void> {}
  onPredictBegin(_logs: Logs): void | Promise<void> {}
  onPredictEnd(_logs: Logs): void | Promise<void> {}
  /** Several times a second while an epoch runs, with the steps done so far; not after every step. */
  onProgress?(step: number, logs: Logs): void | Promise<void>;
  /** Before every step; having it makes each step a call of its own. */
  onTrainBatchBegin?(step: number, logs: Logs): void | Promise<void>;
  /** After every step; having it makes each step a call of its own. */
  onTrainBatchEnd?(step: number, logs: Logs): void | Promise<void>;
  /** As {@link onTrainBatchBegin}, of steps of evaluation. */
  onTestBatchBegin?(step: number, logs: Logs): void | Promise<void>;
  /** As {@link onTrainBatchEnd}, with what the evaluation came to so far. */
  onTestBatchEnd?(step: number, logs: Logs): void | Promise<void>;
  onPredictBatchBegin?(step: number, logs: Logs): void | Promise<void>;
  /** With what the model gave for the batch; good until the hook is done. */
  onPredictBatchEnd?(step: number, logs: PredictLogs): void | Promise<void>;
}
