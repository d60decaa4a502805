import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions, unknownName } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';
import { Monitor, type MonitorMode, readLog } from './monitor.js';

export interface ModelCheckpointOptions {
  /** Where to save; `{epoch:02d}`, `{val_loss:.2f}` and, with `saveFreq`, `{batch}` are filled in. */
  filepath: string;
  /** Default `val_loss`. */
  monitor?: string;
  verbose?: number;
  /** Save only when the metric is the best so far. Default false. */
  saveBestOnly?: boolean;
  /** Leave out architecture and optimizer. Default false. */
  saveWeightsOnly?: boolean;
  mode?: MonitorMode;
  /** `epoch`, or a number of steps. Default `epoch`. */
  saveFreq?: 'epoch' | number;
  /** The value to beat, e.g. of an earlier run. */
  initialValueThreshold?: number | null;
}

/** What it knows of the run so far. */
interface Saved {
  /** null: none. */
  best: number | null;
  unsaved: number;
  lastStep: number;
}

/**
 * Saves the model while it trains (Keras `ModelCheckpoint`). A file is replaced whole or not at all.
 *
 * @throws ERR_NOT_WRITABLE before the first step when the path cannot be written
 * @example
 * modelCheckpoint({ filepath: 'cifar_model.h5', monitor: 'val_loss', saveBestOnly: true });
 */
export class ModelCheckpoint extends Callback {
  readonly #options: Required<ModelCheckpointOptions>;
  readonly #monitor: Monitor;
  /** Steps since the last save. */
  #unsaved = 0;
  #lastStep = -1;
  #epoch = 0;

  constructor(options: ModelCheckpointOptions) {
    super();
    const defaults = {
      filepath: '',
      monitor: 'val_loss',
      verbose: 0,
      saveBestOnly: false,
      saveWeightsOnly: false,
      mode: 'auto' as MonitorMode,
      saveFreq: 'epoch' as const,
      initialValueThreshold: null,
    };
    checkOptions('modelCheckpoint', options, Object.keys(defaults));
    this.#options = { ...defaults, ...options };
    const { filepath, saveFreq, monitor, mode, initialValueThreshold } = this.#options;
    if (!filepath) throw new TensorFlowError('ERR_ARGUMENT', "modelCheckpoint: give a filepath, e.g. 'model.h5'.");
    if (saveFreq !== 'epoch' && !(Number.isInteger(saveFreq) && saveFreq > 0)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `modelCheckpoint: saveFreq is 'epoch' or a number of steps, got ${saveFreq}.`,
      );
    }
    this.#monitor = new Monitor(monitor, mode, 0, initialValueThreshold);
    if (typeof saveFreq === 'number') this.onTrainBatchEnd = (step, logs) => this.#afterStep(step, saveFreq, logs);
  }

  /** The best value saved. */
  get best(): number {
    return this.#monitor.best;
  }

  override get state(): Saved {
    return { best: this.best, unsaved: this.#unsaved, lastStep: this.#lastStep };
  }

  override set state({ best, unsaved, lastStep }: Saved) {
    this.#monitor.best = best ?? this.#monitor.best;
    this.#unsaved = unsaved;
    this.#lastStep = lastStep;
  }

  override async onTrainBegin(): Promise<void> {
    await this.model.checkSavable(fillPattern(this.#options.filepath, 0));
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.#options.saveFreq === 'epoch') await this.#save(epoch, logs);
  }

  async #afterStep(step: number, every: number, logs: Logs): Promise<void> {
    this.#unsaved += step > this.#lastStep ? step - this.#lastStep : step + 1;
    this.#lastStep = step;
    if (this.#unsaved < every) return;
    this.#unsaved = 0;
    await this.#save(this.#epoch, logs, step);
  }

  async #save(epoch: number, logs: Logs, step?: number): Promise<void> {
    const { filepath, saveBestOnly, saveWeightsOnly, verbose } = this.#options;
    const path = fillPattern(filepath, epoch + 1, step === undefined ? logs : { batch: step + 1, ...logs });
    if (saveBestOnly && !this.#isBest(logs)) return;
    if (saveWeightsOnly) await this.model.saveWeights(path);
    else await this.model.save(path);
    if (verbose > 0) console.log(`Epoch ${epoch + 1}: saved ${path}`);
  }

  /** As in Keras, a metric that is not there is no reason not to save. */
  #isBest(logs: Logs): boolean {
    const value = this.#monitor.read(logs);
    if (value === undefined) process.emitWarning(this.#monitor.missing('modelCheckpoint', logs));
    else if (!this.#monitor.isBetter(value)) return false;
    else this.#monitor.best = value;
    return true;
  }
}

/**
 * Python's `{epoch:02d}`, `{val_loss:.2f}` and `{val_loss:.1e}` in a file name.
 *
 * @param logs without them, only the epoch is filled in
 * @throws ERR_UNKNOWN_NAME for a metric the logs do not have
 */
export function fillPattern(pattern: string, epoch: number, logs?: Logs): string {
  return pattern.replaceAll(/\{(\w+(?:\[\d+\])?)(?::([^}]*))?\}/g, (whole, name: string, format = '') => {
    const value = name === 'epoch' ? epoch : logs && readLog(logs, name);
    if (value !== undefined) return formatNumber(value, format);
    if (!logs) return whole;
    throw unknownName('metric in the filepath of modelCheckpoint', name, ['epoch', ...Object.keys(logs)]);
  });
}

/** A number under Python's format: width, precision, `d`, `f` or `e`. */
function formatNumber(value: number, format: string): string {
  const [, zero, width, precision = '6', kind] = /^(0?)(\d*)(?:\.(\d+))?([dfe]?)$/.exec(format) ?? [];
  let text = String(value);
  if (kind === 'e') text = value.toExponential(Number(precision)).replace(/(e[+-])(\d)$/, '$10$2');
  else if (kind === 'f' || format.includes('.')) text = value.toFixed(Number(precision));
  return text.padStart(Number(width ?? 0), zero ? '0' : ' ');
}
