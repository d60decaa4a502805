import { Callback, type Logs } from './callback.js';

/** What happened, epoch by epoch: `history.history.val_accuracy` (Keras `History`). Returned by `fit`. */
export class History extends Callback {
  /** Numbers of the epochs that ran, from 0. */
  readonly epoch: number[] = [];
  /** One list per metric. */
  readonly history: Record<string, number[]> = {};

  override get state(): Pick<History, 'epoch' | 'history'> {
    return { epoch: this.epoch, history: this.history };
  }

  override set state({ epoch, history }: Pick<History, 'epoch' | 'history'>) {
    this.epoch.splice(0, this.epoch.length, ...epoch);
    Object.assign(this.history, history);
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }
}
