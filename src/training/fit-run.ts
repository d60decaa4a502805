import type { BuiltSource, DataSource } from '../data/source.js';
import { TensorFlowError } from '../errors/errors.js';
import { setToAverages } from './averages.js';
import type { Callback, CallbackModel, Logs } from './callbacks/callback.js';
import { CallbackList } from './callbacks/callback-list.js';
import { History } from './callbacks/history.js';
import { ProgbarLogger } from './callbacks/progbar-logger.js';
import type { Position, Run } from './callbacks/run.js';
import { stepsOf } from './check-counts.js';
import { evaluateSource } from './evaluate.js';
import type { FitOptions } from './fit.js';
import { runSteps, type StepHooks } from './run-steps.js';
import type { Step, Trainer } from './trainer.js';

/** One call of `fit`. */
export class FitRun implements Run {
  readonly #model: CallbackModel;
  readonly #trainer: Trainer;
  readonly #train: DataSource;
  readonly #valid: DataSource | undefined;
  readonly #options: FitOptions;
  readonly #history = new History();
  readonly #callbacks: CallbackList;
  readonly #bar: ProgbarLogger | undefined;
  readonly #epochs: number;
  readonly #stepsPerEpoch: number | null;
  #position: Position;
  /** Whether the source stands at the position. */
  #started = false;
  #traced: ((metadata: Uint8Array) => void) | undefined;

  constructor(
    model: CallbackModel,
    trainer: Trainer,
    train: DataSource,
    valid: DataSource | undefined,
    options: FitOptions,
  ) {
    this.#model = model;
    this.#trainer = trainer;
    this.#train = train;
    this.#valid = valid;
    this.#options = options;
    this.#epochs = options.epochs ?? 1;
    this.#stepsPerEpoch = stepsOf('fit', 'stepsPerEpoch', options.stepsPerEpoch, train);
    const { initialEpoch: epoch = 0 } = options;
    this.#position = { epoch, step: 0, pass: epoch, batch: 0 };
    const verbose = verbosity(options.verbose);
    this.#bar = verbose > 0 ? new ProgbarLogger() : undefined;
    // Why this order: what callbacks add to the logs is shown, and is in the history.
    const all = [...(options.callbacks ?? []), ...(this.#bar ? [this.#bar] : []), this.#history];
    const params = { epochs: this.#epochs, steps: this.#stepsPerEpoch, verbose };
    this.#callbacks = new CallbackList(all, model, params, this);
  }

  get position(): Position {
    return this.#position;
  }

  get callbacks(): readonly Callback[] {
    return this.#callbacks.all;
  }

  get aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  startAt(position: Position): void {
    this.#position = position;
  }

  traceStep(done: (metadata: Uint8Array) => void): void {
    this.#traced = done;
  }

  async run(): Promise<History> {
    this.#model.stopTraining = false;
    const step = await this.#trainer.step('train', this.#train);
    // Why now: validation data that does not fit is to be known before the first epoch, not after it.
    if (this.#valid) await this.#trainer.step('test', this.#valid);
    let logs: Logs = {};
    try {
      await this.#callbacks.call('onTrainBegin', {});
      while (this.#position.epoch < this.#epochs && !this.#stopped()) logs = await this.#epoch(step);
    } finally {
      this.#bar?.close();
      await step.source.finish();
    }
    // Why not of an aborted run: it may go on.
    if (!this.aborted) await setToAverages(this.#model.program, this.#model.optimizer);
    await this.#callbacks.call('onTrainEnd', logs);
    return this.#history;
  }

  async #epoch(step: Step): Promise<Logs> {
    const { epoch } = this.#position;
    // Why before: a callback that resumes a run sets what the scores of the epoch were.
    await this.#trainer.resetScores('train');
    await this.#callbacks.call('onEpochBegin', epoch, {});
    await this.#steps(step);
    const logs = await this.#trainer.results('train');
    this.#checkLoss(logs);
    if (this.#valid && !this.aborted && isDue(epoch + 1, this.#options.validationFreq)) {
      Object.assign(logs, await this.#validate(this.#valid));
    }
    if (this.aborted) return logs;
    this.#move({ epoch: epoch + 1, step: 0 });
    await this.#callbacks.call('onEpochEnd', epoch, logs);
    return logs;
  }

  /** What is left of the epoch; a source that ends before is started again. */
  async #steps(step: Step): Promise<void> {
    const { stepsPerEpoch } = this.#options;
    // Why: without a number of steps an epoch is one pass, whatever was left of the last one.
    if (stepsPerEpoch === undefined && this.#position.step === 0 && this.#position.batch > 0) this.#nextPass();
    const limit = this.#stepsPerEpoch ?? Number.POSITIVE_INFINITY;
    const { batchesPerPass } = this.#train;
    while (this.#position.step < limit && !this.#stopped()) {
      if (this.#position.batch === batchesPerPass) this.#nextPass();
      if (!this.#started) await this.#startPass(step.source);
      const from = this.#position;
      const left = Math.min(limit - from.step, (batchesPerPass ?? Number.POSITIVE_INFINITY) - from.batch);
      const { steps, ended } = await runSteps(step.run, step.source, left, this.#hooks(from));
      this.#advance(from, steps);
      if (!ended) continue;
      if (this.#position.batch === 0) emptyPass();
      this.#nextPass();
      if (this.#stepsPerEpoch === null) return;
    }
  }

  async #startPass(source: BuiltSource): Promise<void> {
    const { pass, batch } = this.#position;
    await source.start(pass);
    if (batch > 0) await this.#trainer.skip(source, batch);
    this.#started = true;
  }

  #nextPass(): void {
    this.#move({ pass: this.#position.pass + 1, batch: 0 });
    this.#started = false;
  }

  #advance(from: Position, steps: number): void {
    this.#move({ step: from.step + steps, batch: from.batch + steps });
  }

  #move(changes: Partial<Position>): void {
    this.#position = { ...this.#position, ...changes };
  }

  async #validate(valid: DataSource): Promise<Logs> {
    const logs = await evaluateSource(this.#model, this.#trainer, valid, {
      steps: this.#options.validationSteps,
      callbacks: this.#callbacks,
      stopped: () => this.aborted,
    });
    return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
  }

  #hooks(from: Position): StepHooks {
    const before = async (step: number): Promise<void> => {
      await this.#callbacks.call('onTrainBatchBegin', from.step + step, {});
    };
    const after = async (step: number): Promise<void> => {
      this.#advance(from, step + 1);
      await this.#callbacks.call('onTrainBatchEnd', from.step + step, await this.#trainer.results('train'));
    };
    const progress = async (step: number): Promise<void> => {
      if (step === 0) return;
      const logs = await this.#trainer.results('train');
      this.#checkLoss(logs);
      await this.#callbacks.call('onProgress', from.step + step, logs);
    };
    return {
      stopped: () => this.#stopped(),
      before: this.#callbacks.has('onTrainBatchBegin') ? before : undefined,
      after: this.#callbacks.has('onTrainBatchEnd') ? after : undefined,
      progress,
      stepsPerCall: this.#trainer.stepsPerExecution,
      traced: () => this.#takeTraced(),
    };
  }

  #takeTraced(): ((metadata: Uint8Array) => void) | undefined {
    const traced = this.#traced;
    this.#traced = undefined;
    return traced;
  }

  /** A loss that is no number ends the run, unless a callback has ended it already. */
  #checkLoss({ loss }: Logs): void {
    if (loss === undefined || Number.isFinite(loss) || this.#stopped()) return;
    throw new TensorFlowError(
      'ERR_NAN_LOSS',
      `fit: the loss became ${loss} in epoch ${this.#position.epoch + 1}. Lower the learning rate, clip gradients (clipnorm: 1), or look for NaN in the data.`,
    );
  }

  #stopped(): boolean {
    return this.#model.stopTraining || this.aborted;
  }
}

function verbosity(verbose: FitOptions['verbose'] = 'auto'): number {
  if (verbose === 'auto') return process.stdout.isTTY ? 1 : 0;
  return verbose === 1 && !process.stdout.isTTY ? 2 : verbose;
}

/** @param epoch counted from 1 */
function isDue(epoch: number, freq: FitOptions['validationFreq'] = 1): boolean {
  return typeof freq === 'number' ? epoch % freq === 0 : freq.includes(epoch);
}

function emptyPass(): never {
  throw new TensorFlowError('ERR_DATA_EMPTY', 'fit: the data source ended without a single batch.');
}
