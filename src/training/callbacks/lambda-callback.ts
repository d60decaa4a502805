import { checkOptions } from '../../errors/suggest.js';
import { Callback } from './callback.js';

/** Hooks as plain functions. */
export type LambdaHooks = Partial<
  Pick<
    Callback,
    | 'onTrainBegin'
    | 'onTrainEnd'
    | 'onEpochBegin'
    | 'onEpochEnd'
    | 'onTestBegin'
    | 'onTestEnd'
    | 'onProgress'
    | 'onTrainBatchBegin'
    | 'onTrainBatchEnd'
  >
>;

const HOOKS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onTestBegin',
  'onTestEnd',
  'onProgress',
  'onTrainBatchBegin',
  'onTrainBatchEnd',
];

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
