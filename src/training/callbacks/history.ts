import { Callback, type Logs } from './callback.js';

/** What happened, epoch by epoch: `history.history.val_accuracy` (Keras `History`). Returned by `fit`. */
export class History extends Callback {
  /** Numbers of the epochs that ran, from 0. */
  readonly epoch: number[] = [];
  /** One list per metric. */
  readonly history: Record<string, number[]> = {};

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      this.history[name] ??= [];
      this.history[name].push(value);
    }
  }
}
