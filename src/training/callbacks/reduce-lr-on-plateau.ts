import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';
import { learningRateOf, setLearningRate } from './learning-rate.js';
import { Monitor, type MonitorMode } from './monitor.js';

export interface ReduceLROnPlateauOptions {
  /** Default `val_loss`. */
  monitor?: string;
  /** What the learning rate is multiplied by; below 1. Default 0.1. */
  factor?: number;
  /** Epochs without improvement after which it is reduced. Default 10. */
  patience?: number;
  verbose?: number;
  mode?: MonitorMode;
  /** A change smaller than this is no improvement. Default 1e-4. */
  minDelta?: number;
  /** Epochs to wait after a reduction before watching again. Default 0. */
  cooldown?: number;
  /** The learning rate gets no lower. Default 0. */
  minLr?: number;
}

/** What it knows of the epochs so far. */
interface Watch {
  best: number | null;
  wait: number;
  cooldown: number;
}

/**
 * Reduces the learning rate when a metric no longer improves (Keras `ReduceLROnPlateau`); logs have it as
 * `learning_rate`.
 *
 * @throws ERR_ARGUMENT when the optimizer follows a schedule
 * @example
 * reduceLROnPlateau({ monitor: 'val_loss', factor: 0.2, patience: 5, minLr: 1e-5 });
 */
export class ReduceLROnPlateau extends Callback {
  readonly #options: Required<ReduceLROnPlateauOptions>;
  #monitor: Monitor;
  #wait = 0;
  #cooldown = 0;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    const defaults = {
      monitor: 'val_loss',
      factor: 0.1,
      patience: 10,
      verbose: 0,
      mode: 'auto' as MonitorMode,
      minDelta: 1e-4,
      cooldown: 0,
      minLr: 0,
    };
    checkOptions('reduceLROnPlateau', options, Object.keys(defaults));
    this.#options = { ...defaults, ...options };
    const { factor } = this.#options;
    if (!(factor < 1)) {
      throw new TensorFlowError('ERR_ARGUMENT', `reduceLROnPlateau: factor must be below 1, got ${factor}.`);
    }
    this.#monitor = this.#newMonitor();
  }

  override get state(): Watch {
    return { best: this.#monitor.best, wait: this.#wait, cooldown: this.#cooldown };
  }

  override set state({ best, wait, cooldown }: Watch) {
    this.#monitor.best = best ?? this.#monitor.best;
    this.#wait = wait;
    this.#cooldown = cooldown;
  }

  override onTrainBegin(): void {
    this.#monitor = this.#newMonitor();
    this.#wait = 0;
    this.#cooldown = 0;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    logs.learning_rate = await learningRateOf(this.model);
    const value = this.#monitor.read(logs);
    if (value === undefined) {
      process.emitWarning(this.#monitor.missing('reduceLROnPlateau', logs));
      return;
    }
    if (this.#cooldown > 0) {
      this.#cooldown -= 1;
      this.#wait = 0;
    }
    if (this.#monitor.isBetter(value)) {
      this.#monitor.best = value;
      this.#wait = 0;
    } else if (this.#cooldown === 0) {
      this.#wait += 1;
      if (this.#wait >= this.#options.patience) await this.#reduce(epoch, logs.learning_rate);
    }
  }

  async #reduce(epoch: number, rate: number): Promise<void> {
    const { factor, minLr, cooldown, verbose } = this.#options;
    if (rate <= Math.fround(minLr)) return;
    const reduced = Math.max(rate * factor, minLr);
    await setLearningRate(this.model, 'reduceLROnPlateau', reduced);
    this.#cooldown = cooldown;
    this.#wait = 0;
    if (verbose > 0) console.log(`Epoch ${epoch + 1}: learning rate reduced to ${reduced}`);
  }

  #newMonitor(): Monitor {
    const { monitor, mode, minDelta } = this.#options;
    return new Monitor(monitor, mode, minDelta);
  }
}
