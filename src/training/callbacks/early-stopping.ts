import type { Tensor } from '../../core/tensor.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';
import { Monitor, type MonitorMode } from './monitor.js';

export interface EarlyStoppingOptions {
  /** Default `val_loss`. */
  monitor?: string;
  /** A change smaller than this is no improvement. Default 0. */
  minDelta?: number;
  /** Epochs without improvement after which training stops. Default 0. */
  patience?: number;
  verbose?: number;
  mode?: MonitorMode;
  /** Stop unless the metric gets better than this. */
  baseline?: number | null;
  /** Put the weights of the best epoch back at the end, unless the run was aborted. Default false. */
  restoreBestWeights?: boolean;
  /** Epochs to wait before watching. Default 0. */
  startFromEpoch?: number;
}

/** What it knows of the epochs so far. */
interface Watch {
  /** null: none. */
  best: number | null;
  bestEpoch: number;
  stoppedEpoch: number;
  wait: number;
}

/**
 * Stops training when a metric no longer improves (Keras `EarlyStopping`).
 *
 * @example
 * earlyStopping({ monitor: 'val_accuracy', patience: 10, restoreBestWeights: true });
 */
export class EarlyStopping extends Callback {
  readonly #options: Required<EarlyStoppingOptions>;
  #monitor: Monitor;
  #wait = 0;
  /** Its owner is this callback. */
  #best: readonly Tensor[] = [];
  /** The epoch after which training was stopped; 0 when it was not. */
  stoppedEpoch = 0;
  /** The epoch with the best value. */
  bestEpoch = 0;

  constructor(options: EarlyStoppingOptions = {}) {
    super();
    const defaults = {
      monitor: 'val_loss',
      minDelta: 0,
      patience: 0,
      verbose: 0,
      mode: 'auto' as MonitorMode,
      baseline: null,
      restoreBestWeights: false,
      startFromEpoch: 0,
    };
    checkOptions('earlyStopping', options, Object.keys(defaults));
    this.#options = { ...defaults, ...options };
    this.#monitor = this.#newMonitor();
    if (!(this.#options.patience >= 0)) {
      throw new TensorFlowError('ERR_ARGUMENT', `earlyStopping: patience must be 0 or more, got ${options.patience}.`);
    }
  }

  /** The best value seen. */
  get best(): number {
    return this.#monitor.best;
  }

  override get state(): Watch {
    return { best: this.best, bestEpoch: this.bestEpoch, stoppedEpoch: this.stoppedEpoch, wait: this.#wait };
  }

  override set state(state: Watch) {
    this.#monitor.best = state.best ?? this.#monitor.best;
    this.bestEpoch = state.bestEpoch;
    this.stoppedEpoch = state.stoppedEpoch;
    this.#wait = state.wait;
  }

  /** The best weights, as long as they are to be put back. */
  override get tensors(): readonly Tensor[] {
    return this.#best;
  }

  override set tensors(weights: readonly Tensor[]) {
    for (const weight of this.#best) weight.dispose();
    this.#best = weights;
  }

  override onTrainBegin(): void {
    this.#monitor = this.#newMonitor();
    this.tensors = [];
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.bestEpoch = 0;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { startFromEpoch, baseline, restoreBestWeights, patience } = this.#options;
    const value = this.#monitor.read(logs);
    if (value === undefined) {
      process.emitWarning(this.#monitor.missing('earlyStopping', logs));
      return;
    }
    if (epoch < startFromEpoch) return;
    if (restoreBestWeights && this.#best.length === 0) await this.#remember(epoch);
    this.#wait += 1;
    if (this.#monitor.isBetter(value)) {
      this.#monitor.best = value;
      if (restoreBestWeights) await this.#remember(epoch);
      this.bestEpoch = epoch;
      if (baseline === null || this.#monitor.isBetter(value, baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override async onTrainEnd(): Promise<void> {
    const { verbose, restoreBestWeights } = this.#options;
    if (this.stoppedEpoch > 0 && verbose > 0) console.log(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    // Why not of an aborted run: it may go on.
    if (restoreBestWeights && this.#best.length > 0 && !this.run.aborted) {
      if (verbose > 0) console.log(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
      await this.model.setWeights(this.#best);
      this.tensors = [];
    }
  }

  #newMonitor(): Monitor {
    const { monitor, mode, minDelta } = this.#options;
    return new Monitor(monitor, mode, minDelta);
  }

  async #remember(epoch: number): Promise<void> {
    this.tensors = await this.model.getWeights();
    this.bestEpoch = epoch;
  }
}
