import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';

export interface TerminateOnNaNOptions {
  /** Fail with ERR_NAN_LOSS, so that `onTrainEnd` is not called. Default false. */
  raiseError?: boolean;
}

/**
 * Ends training after the very step whose loss is NaN or infinite (Keras `TerminateOnNaN`). Without it, `fit` fails with
 * ERR_NAN_LOSS, a moment later.
 */
export class TerminateOnNaN extends Callback {
  readonly #raiseError: boolean;

  constructor(options: TerminateOnNaNOptions = {}) {
    super();
    checkOptions('terminateOnNaN', options, ['raiseError']);
    this.#raiseError = options.raiseError ?? false;
  }

  override onTrainBatchEnd(step: number, { loss }: Logs): void {
    if (loss === undefined || Number.isFinite(loss)) return;
    const what = `the loss became ${loss} in step ${step + 1}`;
    if (this.#raiseError) throw new TensorFlowError('ERR_NAN_LOSS', `terminateOnNaN: ${what} of the epoch.`);
    console.log(`Training ends: ${what}.`);
    this.model.stopTraining = true;
  }
}
