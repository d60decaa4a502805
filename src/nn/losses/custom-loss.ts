import type { Output } from '../../core/output.js';
import { TensorFlowError } from '../../errors/errors.js';
import { Loss, lossDefaults } from './loss.js';

/** Losses of the samples of a batch, [batch, ...]. */
export type LossFunction = (yTrue: Output, yPred: Output) => Output;

/** A function of a user's own as a loss. */
export class CustomLoss extends Loss {
  static override readonly className: string = 'CustomLoss';
  static override readonly defaults = lossDefaults('custom_loss');

  readonly #compute: LossFunction;

  constructor(compute: LossFunction) {
    super({ name: compute.name || 'custom_loss' });
    this.#compute = compute;
  }

  override perSample(yTrue: Output, yPred: Output): Output {
    return this.#compute(yTrue, yPred);
  }

  /** @throws ERR_ARGUMENT always: a file cannot hold a function */
  override getConfig(): Record<string, unknown> {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `The loss '${this.name}' is a plain function, which a file cannot hold; make it a class and losses.register it.`,
    );
  }
}
