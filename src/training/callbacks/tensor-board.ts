import { join } from 'node:path';
import type { Program } from '../../core/program.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';
import { learningRateOf } from './learning-rate.js';
import { SummaryWriter } from './summary-writer.js';
import { weightSummaries } from './weight-summaries.js';

export interface TensorBoardOptions {
  /** Files go into its folders `train` and `validation`. Default `logs`. */
  logDir?: string;
  /** Every so many epochs the weights are written as histograms. Default 0: never. */
  histogramFreq?: number;
  /** Write the program's graph. Default true. */
  writeGraph?: boolean;
  /** With `histogramFreq`: weights as pictures, too. Default false. */
  writeImages?: boolean;
  /** Default false. */
  writeStepsPerSecond?: boolean;
  /** `epoch`, `batch`, or a number of steps after which scalars are written. Default `epoch`. */
  updateFreq?: 'epoch' | 'batch' | number;
  /** A step, or the first and the last of several, counted from 1, whose times are written. Default 0: none. */
  profileBatch?: number | readonly [number, number];
}

type Settings = Required<TensorBoardOptions>;

/** What writes in one program. */
interface Writers {
  readonly train: SummaryWriter;
  readonly validation: SummaryWriter;
  readonly weights: (epoch: number) => Promise<void>;
}

/**
 * Writes what TensorBoard shows (Keras `TensorBoard`), under the same folders and names: `epoch_loss`,
 * `epoch_learning_rate`, `batch_loss`, `evaluation_loss_vs_iterations`; weights as histograms and pictures under their
 * names; the program's graph, and what chosen steps of it took.
 *
 * The library itself writes; `tensorboard --logdir logs` of Python opens the folder. Scalars of batches, and steps to
 * profile, make each step a call of its own.
 *
 * @throws ERR_NOT_WRITABLE before the first step
 * @example
 * tensorBoard('logs', { histogramFreq: 1 });
 */
export class TensorBoard extends Callback {
  readonly #options: Settings;
  readonly #known = new WeakMap<Program, Writers>();
  #validating = false;
  /** Steps of the run, and of the epoch. */
  #step = 0;
  #epochStep = 0;
  /** The step whose scalars were written last. */
  #written = 0;
  #traced: Uint8Array | undefined;
  #began = { epoch: 0, step: 0, iterations: 0 };

  constructor(options: TensorBoardOptions = {}) {
    super();
    this.#options = settingsOf(options);
    const { updateFreq, profileBatch } = this.#options;
    if (updateFreq === 'epoch' && profileBatch === 0) return;
    this.onTrainBatchBegin = () => this.#beforeStep();
    this.onTrainBatchEnd = (step, logs) => this.#afterStep(step, logs);
  }

  /** So that a run that goes on counts on. */
  override get state(): { step: number } {
    return { step: this.#step };
  }

  override set state({ step }: { step: number }) {
    this.#step = step;
    this.#written = step;
    this.#epochStep = this.run.position.step;
  }

  override async onTrainBegin(): Promise<void> {
    const { logDir, writeGraph } = this.#options;
    const { program } = this.model;
    this.#step = 0;
    this.#written = 0;
    this.#validating = false;
    // Why before the writers: their own operations are not to be seen.
    const graph = writeGraph ? program.toGraphDef() : undefined;
    const { train } = this.#writersOf(program);
    await train.open(join(logDir, 'train'));
    if (graph) await train.graph(graph);
    await train.flush();
  }

  override async onEpochBegin(): Promise<void> {
    this.#epochStep = this.run.position.step;
    const { writeStepsPerSecond } = this.#options;
    this.#began = {
      ...this.#began,
      epoch: performance.now(),
      iterations: writeStepsPerSecond ? await this.#iterations() : 0,
    };
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const { train, weights } = this.#writersOf(this.model.program);
    const { histogramFreq } = this.#options;
    const { own, validated } = parted(logs);
    await train.scalars(epoch, named('epoch_', { ...own, ...(await this.#ownScalars()) }));
    if (Object.keys(validated).length > 0) {
      const validation = await this.#validation();
      await validation.scalars(epoch, named('epoch_', validated));
      await validation.flush();
    }
    if (histogramFreq > 0 && epoch % histogramFreq === 0) {
      // Why not a failure: the library draws no histogram of NaN.
      await weights(epoch).catch((failure) => {
        process.emitWarning(`tensorBoard: the weights of epoch ${epoch + 1} cannot be shown: ${messageOf(failure)}.`);
      });
    }
    await train.flush();
  }

  override async onTestEnd(logs: Logs): Promise<void> {
    if (!this.model.optimizer.built) return;
    const names = Object.entries(logs).map(([name, value]) => [`evaluation_${name}_vs_iterations`, value]);
    const validation = await this.#validation();
    await validation.scalars(await this.#iterations(), Object.fromEntries(names));
    await validation.flush();
  }

  override async onTrainEnd(): Promise<void> {
    const { train, validation } = this.#writersOf(this.model.program);
    await train.close();
    await validation.close();
    this.#validating = false;
  }

  #beforeStep(): void {
    const [first, last] = range(this.#options.profileBatch);
    const step = this.#step + 1;
    this.#began = { ...this.#began, step: performance.now() };
    if (step < first || step > last) return;
    this.run.traceStep((metadata) => {
      this.#traced = metadata;
    });
  }

  async #afterStep(epochStep: number, logs: Logs): Promise<void> {
    const { train } = this.#writersOf(this.model.program);
    const { updateFreq, writeStepsPerSecond } = this.#options;
    const steps = epochStep + 1 - this.#epochStep;
    this.#epochStep = epochStep + 1;
    this.#step += steps;
    if (this.#traced) await train.runMetadata(this.#step, `batch_${this.#step}`, this.#traced);
    this.#traced = undefined;
    const every = updateFreq === 'batch' ? 1 : updateFreq;
    if (every === 'epoch' || Math.floor(this.#step / every) === Math.floor(this.#written / every)) return;
    this.#written = this.#step;
    const seconds = (performance.now() - this.#began.step) / 1000;
    const speed = writeStepsPerSecond ? { steps_per_second: steps / seconds } : {};
    await train.scalars(this.#step, named('batch_', { ...logs, ...speed }));
  }

  /** What the logs do not have. */
  async #ownScalars(): Promise<Logs> {
    if (!this.model.optimizer.built) return {};
    const rate = { learning_rate: await learningRateOf(this.model) };
    if (!this.#options.writeStepsPerSecond) return rate;
    const seconds = (performance.now() - this.#began.epoch) / 1000;
    return { ...rate, steps_per_second: ((await this.#iterations()) - this.#began.iterations) / seconds };
  }

  /** Updates made so far. */
  async #iterations(): Promise<number> {
    const { optimizer } = this.model;
    if (!optimizer.built) return 0;
    const value = await optimizer.iterations.value();
    const [count] = value.dataSync();
    value.dispose();
    return Number(count);
  }

  /** Made once for each program. */
  #writersOf(program: Program): Writers {
    const known = this.#known.get(program);
    if (known) return known;
    const train = new SummaryWriter(program, 'tensorboard/train');
    const validation = new SummaryWriter(program, 'tensorboard/validation');
    const weights =
      this.#options.histogramFreq > 0
        ? weightSummaries(this.model, train, this.#options.writeImages)
        : async () => undefined;
    const writers = { train, validation, weights };
    this.#known.set(program, writers);
    return writers;
  }

  /** Its file is there from the first validation on. */
  async #validation(): Promise<SummaryWriter> {
    const { validation } = this.#writersOf(this.model.program);
    if (!this.#validating) await validation.open(join(this.#options.logDir, 'validation'));
    this.#validating = true;
    return validation;
  }
}

function settingsOf(options: TensorBoardOptions): Settings {
  const defaults = {
    logDir: 'logs',
    histogramFreq: 0,
    writeGraph: true,
    writeImages: false,
    writeStepsPerSecond: false,
    updateFreq: 'epoch' as const,
    profileBatch: 0,
  };
  checkOptions('tensorBoard', options, Object.keys(defaults));
  const settings: Settings = { ...defaults, ...options };
  const { histogramFreq, updateFreq, profileBatch } = settings;
  if (!isCount(histogramFreq, 0)) throw refused('histogramFreq', '0 or a number of epochs', histogramFreq);
  if (updateFreq !== 'epoch' && updateFreq !== 'batch' && !isCount(updateFreq, 1)) {
    throw refused('updateFreq', "'epoch', 'batch' or a number of steps", updateFreq);
  }
  const [first, last] = range(profileBatch);
  if (!isCount(first, 0) || !isCount(last, first)) {
    throw refused('profileBatch', '0, a step, or the first and the last of several', profileBatch);
  }
  return settings;
}

function range(profileBatch: Settings['profileBatch']): readonly [number, number] {
  return typeof profileBatch === 'number' ? [profileBatch, profileBatch] : profileBatch;
}

function isCount(value: unknown, least: number): value is number {
  return Number.isInteger(value) && Number(value) >= least;
}

function refused(option: string, expected: string, value: unknown): TensorFlowError {
  return new TensorFlowError('ERR_ARGUMENT', `tensorBoard: ${option} is ${expected}, got ${JSON.stringify(value)}.`);
}

function parted(logs: Logs): { own: Logs; validated: Logs } {
  const entries = Object.entries(logs);
  const isValidation = ([name]: [string, number]) => name.startsWith('val_');
  return {
    own: Object.fromEntries(entries.filter((entry) => !isValidation(entry))),
    validated: Object.fromEntries(entries.filter(isValidation).map(([name, value]) => [name.slice(4), value])),
  };
}

function named(prefix: string, logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [prefix + name, value]));
}
