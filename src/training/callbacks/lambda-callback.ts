import { checkOptions } from '../../errors/suggest.js';
import { Callback } from './callback.js';

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTestBegin',
  'onTestEnd',
  'onPredictBegin',
  'onPredictEnd',
  'onProgress',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
  'onTestBatchBegin',
  'onTestBatchEnd',
  'onPredictBatchBegin',
  'onPredictBatchEnd',
] as const satisfies (keyof Callback)[];

/** Hooks as plain functions. */
export type LambdaHooks = Partial<Pick<Callback, (typeof HOOKS)[number]>>;

/**
 * A callback from functions (Keras `LambdaCallback`).
 *
 * @example
 * lambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 */
export class LambdaCallback extends Callback {
  constructor(hooks: LambdaHooks) {
    super();
    checkOptions('lambdaCallback', hooks, HOOKS);
    Object.assign(this, hooks);
  }
}
