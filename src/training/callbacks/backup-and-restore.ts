import { groupBy } from '../../core/group-by.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Backups, type Restored } from './backup.js';
import { Callback } from './callback.js';
import type { Position } from './run.js';

export interface BackupAndRestoreOptions {
  /** A folder of its own. */
  backupDir: string;
  /** `epoch`, or a number of steps, which makes each step a call of its own. Default `epoch`. */
  saveFreq?: 'epoch' | number;
  /** Delete the backup when training is over. Default true. */
  deleteCheckpoint?: boolean;
}

/** What is kept besides the variables. */
interface Backup {
  readonly position: Position;
  readonly stopTraining: boolean;
  /** What the callbacks know; by `EarlyStopping/0`, their class and place in it. */
  readonly states: Readonly<Record<string, unknown>>;
}

/**
 * Keeps a run in a folder, so that the same program, started again after it was killed, goes on where it was (Keras
 * `BackupAndRestore`): weights, optimizer, random generator, metrics, position in the data, and what the other callbacks
 * know. It ends with the weights of an unbroken run, bit for bit on one thread, where `tf.config({ seed })` settles the
 * order of the data.
 *
 * A run that its `signal` ended is kept, too, at the very step; one that failed as it was at the last backup. The last
 * two backups are there, so that one that cannot be read is no loss. A generator of batches is called again for the pass in
 * question, and must give the same ones again.
 *
 * @throws ERR_NOT_WRITABLE before the first step; ERR_ARGUMENT for a backup of another model; ERR_FILE_FORMAT when all
 * backups are damaged
 * @example
 * await model.fit(x, y, { epochs: 100, callbacks: [backupAndRestore('backup')] });
 */
export class BackupAndRestore extends Callback {
  override readonly goesLast = true;
  readonly #options: Required<BackupAndRestoreOptions>;
  #backups: Backups<Backup> | undefined;
  #resumed: Position | undefined;
  #lastStep = 0;
  #unsaved = 0;

  constructor(options: BackupAndRestoreOptions) {
    super();
    checkOptions('backupAndRestore', options, ['backupDir', 'saveFreq', 'deleteCheckpoint']);
    this.#options = { saveFreq: 'epoch', deleteCheckpoint: true, ...options };
    const { backupDir, saveFreq } = this.#options;
    if (!backupDir) throw new TensorFlowError('ERR_ARGUMENT', "backupAndRestore: give a backupDir, e.g. 'backup'.");
    if (saveFreq === 'epoch') return;
    if (!(Number.isInteger(saveFreq) && saveFreq > 0)) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `backupAndRestore: saveFreq is 'epoch' or a number of steps, got ${saveFreq}.`,
      );
    }
    this.onTrainBatchEnd = (step) => this.#afterStep(step, saveFreq);
  }

  override async onTrainBegin(): Promise<void> {
    const known = this.#backups?.isOf(this.model) ? this.#backups : undefined;
    const backups = known ?? new Backups<Backup>(this.#options.backupDir, this.model);
    await backups.open();
    this.#backups = backups;
    this.#unsaved = 0;
    this.#resumed = undefined;
    const found = await backups.restore();
    if (!found) return;
    const { position } = found.data;
    this.run.startAt(position);
    this.#resumed = position;
    this.#lastStep = position.step;
    this.#setStates(found);
  }

  override async onEpochBegin(): Promise<void> {
    if (this.#resumed?.step) {
      // Why again: other callbacks and the metrics have begun an epoch that was begun before.
      const found = await this.#backups?.restore();
      if (found) this.#setStates(found);
    } else this.#lastStep = 0;
    this.#resumed = undefined;
  }

  override async onEpochEnd(): Promise<void> {
    if (this.#options.saveFreq === 'epoch') await this.#save();
  }

  override async onTrainEnd(): Promise<void> {
    if (this.run.aborted) await this.#save();
    else if (this.#options.deleteCheckpoint) await this.#backups?.clear();
  }

  async #afterStep(step: number, saveFreq: number): Promise<void> {
    this.#unsaved += step + 1 - this.#lastStep;
    this.#lastStep = step + 1;
    if (this.#unsaved < saveFreq) return;
    this.#unsaved = 0;
    await this.#save();
  }

  async #save(): Promise<void> {
    const { position, callbacks } = this.run;
    const named = [...byClass(callbacks)];
    const states = Object.fromEntries(named.map(([name, { state }]) => [name, state ?? null]));
    const tensors = named.flatMap(([name, callback]) =>
      callback.tensors.map((value, i) => [`${name}/${place(i)}`, value] as const),
    );
    await this.#backups?.write({ position, stopTraining: this.model.stopTraining, states }, new Map(tensors));
  }

  #setStates({ data: { states, stopTraining }, tensors }: Restored<Backup>): void {
    this.model.stopTraining = stopTraining;
    for (const [name, callback] of byClass(this.run.callbacks)) {
      const state = states[name] ?? null;
      if (state !== null) callback.state = state;
      const own = [...tensors].filter(([key]) => key.startsWith(`${name}/`)).map(([, value]) => value);
      if (own.length > 0) callback.tensors = own;
    }
  }
}

/** Why filled up: a checkpoint has its tensors in the order of their names. */
function place(i: number): string {
  return String(i).padStart(6, '0');
}

/** Callbacks by `EarlyStopping/0`: their class, and their place among those of it. */
function* byClass(callbacks: readonly Callback[]): Generator<[string, Callback]> {
  for (const [name, group] of groupBy(callbacks, (callback) => callback.constructor.name)) {
    for (const [i, callback] of group.entries()) yield [`${name}/${i}`, callback];
  }
}
