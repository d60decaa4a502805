import type { Optimizer } from '../nn/index.js';
import { Trainer } from '../training/trainer.js';
import type { Model } from './model.js';
import { stepKey } from './step-key.js';

/** The trainer of a model as it is compiled: the one before, where its steps are the same. */
export class CurrentTrainer {
  readonly #model: Model;
  #trainer: Trainer | undefined;
  /** What it was traced for, and with. */
  #key: string | undefined;
  #optimizer: Optimizer | undefined;
  #settled = false;

  constructor(model: Model) {
    this.#model = model;
  }

  get(): Trainer {
    if (!this.#trainer || !this.#settled) {
      this.#trainer = this.#settle();
      this.#settled = true;
    }
    return this.#trainer;
  }

  /** The model is compiled anew. */
  reconsider(): void {
    this.#settled = false;
  }

  /** What was traced no longer holds. */
  drop(): void {
    this.#trainer = undefined;
  }

  #settle(): Trainer {
    const model = this.#model;
    const key = model.isCompiled ? stepKey(model) : undefined;
    const optimizer = model.isCompiled ? model.optimizer : undefined;
    const last = key !== undefined && key === this.#key ? this.#trainer : undefined;
    const same = last && canReplace(optimizer, this.#optimizer);
    this.#key = key;
    this.#optimizer = optimizer;
    return same ? last : new Trainer(model);
  }
}

/** Lets an optimizer go on in the place of the last one, without its state; false where it has state of its own. */
function canReplace(next: Optimizer | undefined, last: Optimizer | undefined): boolean {
  if (!next || !last) return false;
  if (next === last || !last.built) return true;
  if (!next.fresh) return false;
  next.replace(last);
  return true;
}
