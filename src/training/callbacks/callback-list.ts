import { isLibraryError, messageOf, TensorFlowError } from '../../errors/errors.js';
import type { Callback, CallbackModel, TrainingParams } from './callback.js';
import type { Run } from './run.js';

type Hook = {
  [K in keyof Callback]-?: NonNullable<Callback[K]> extends (...args: never[]) => void | Promise<void> ? K : never;
}[keyof Callback];

/** Callbacks of one run, told in order. */
export class CallbackList {
  readonly #callbacks: readonly Callback[];

  /** @param run of `fit` only */
  constructor(callbacks: readonly Callback[], model: CallbackModel, params: TrainingParams, run?: Run) {
    this.#callbacks = [...callbacks.filter((c) => !c.goesLast), ...callbacks.filter((c) => c.goesLast)];
    for (const callback of callbacks) Object.assign(callback, { model, params }, run && { run });
  }

  get all(): readonly Callback[] {
    return this.#callbacks;
  }

  /** Whether any callback has this hook. */
  has(hook: Hook): boolean {
    return this.#callbacks.some((callback) => callback[hook] !== undefined);
  }

  /** Calls the hook of each callback, one after the other. What one throws ends the run. */
  async call<H extends Hook>(hook: H, ...args: Parameters<NonNullable<Callback[H]>>): Promise<void> {
    for (const callback of this.#callbacks) {
      const method = callback[hook] as ((...args: unknown[]) => void | Promise<void>) | undefined;
      try {
        await method?.apply(callback, args);
      } catch (cause) {
        if (cause instanceof TensorFlowError && !isLibraryError(cause)) throw cause;
        const who = callback.constructor.name;
        throw new TensorFlowError('ERR_CALLBACK', `${who}.${hook} failed: ${messageOf(cause)}`, { cause });
      }
    }
  }
}
