import { TensorFlowError } from '../errors/errors.js';
import { quoted } from '../errors/suggest.js';
import { Callback } from './callbacks/callback.js';

/** What `fit`, `evaluate` and `predict` have in common. */
interface RunOptions {
  readonly callbacks?: unknown;
  readonly verbose?: unknown;
}

const VERBOSE: readonly unknown[] = [undefined, 0, 1, 2, 'auto'];

/** Refuses callbacks that are none, and a `verbose` that nobody knows. */
export function checkRunOptions(where: string, { callbacks = [], verbose }: RunOptions): void {
  const refuse = (expected: string, got: unknown): never => {
    throw new TensorFlowError('ERR_ARGUMENT', `${where}: ${expected}, got ${quoted(got)}.`);
  };
  if (!VERBOSE.includes(verbose)) refuse("verbose must be 0, 1, 2 or 'auto'", verbose);
  if (!Array.isArray(callbacks)) refuse('callbacks must be a list', callbacks);
  const wrong = (callbacks as readonly unknown[]).find((one) => !(one instanceof Callback));
  if (wrong !== undefined) refuse('callbacks must be objects of Callback, such as callbacks.earlyStopping()', wrong);
}
