import { TensorFlowError } from '../../errors/errors.js';
import type { Logs } from './callback.js';

export type MonitorMode = 'auto' | 'min' | 'max';

/** Older names of a metric. */
const ALIASES: Readonly<Record<string, string>> = {
  acc: 'accuracy',
  val_acc: 'val_accuracy',
  accuracy: 'acc',
  val_accuracy: 'val_acc',
  lr: 'learning_rate',
  learning_rate: 'lr',
};

/** Metrics that are better when larger: accuracies, and Keras' list. */
const LARGER_IS_BETTER = /acc|auc|precision|recall|f1|fmeasure|iou|r2|true|cosine/i;

/** A metric's value, `acc` and `accuracy` being the same; undefined when the logs do not have it. */
export function readLog(logs: Logs, name: string): number | undefined {
  return logs[name] ?? logs[ALIASES[name] ?? name];
}

/** Watches one metric: whether a value is better than the best so far. */
export class Monitor {
  readonly name: string;
  readonly larger: boolean;
  readonly minDelta: number;
  best: number;

  constructor(name: string, mode: MonitorMode, minDelta = 0, start?: number | null) {
    if (!['auto', 'min', 'max'].includes(mode)) {
      throw new TensorFlowError('ERR_ARGUMENT', `mode must be 'auto', 'min' or 'max', got '${mode}'.`);
    }
    this.name = name;
    this.larger = mode === 'max' || (mode === 'auto' && LARGER_IS_BETTER.test(name));
    this.minDelta = Math.abs(minDelta);
    this.best = start ?? (this.larger ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  }

  /** The metric's value; undefined when the logs do not have it. */
  read(logs: Logs): number | undefined {
    return readLog(logs, this.name);
  }

  isBetter(value: number, than: number = this.best): boolean {
    return this.larger ? value - this.minDelta > than : value + this.minDelta < than;
  }

  /** What to say when the metric is not there. */
  missing(who: string, logs: Logs): string {
    return `${who}: there is no '${this.name}' to monitor; there is ${Object.keys(logs).join(', ')}.`;
  }
}
