import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import { Callback, type Logs } from './callback.js';
import { learningRateOf, setLearningRate } from './learning-rate.js';

/** The learning rate of an epoch, from its number (from 0 on) and the rate so far. */
export type LearningRateRule = (epoch: number, learningRate: number) => number | Promise<number>;

export interface LearningRateSchedulerOptions {
  schedule: LearningRateRule;
  /** 1 prints the rate of each epoch. Default 0. */
  verbose?: number;
}

/**
 * Sets the learning rate at the start of every epoch (Keras `LearningRateScheduler`); logs have it as `learning_rate`.
 *
 * @throws ERR_ARGUMENT when the rule gives no number, or the optimizer follows a schedule of its own
 * @example
 * learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9));
 */
export class LearningRateScheduler extends Callback {
  readonly #schedule: LearningRateRule;
  readonly #verbose: number;

  constructor(options: LearningRateSchedulerOptions) {
    super();
    checkOptions('learningRateScheduler', options, ['schedule', 'verbose']);
    const { schedule, verbose = 0 } = options;
    if (typeof schedule !== 'function') {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        'learningRateScheduler: give a function (epoch, learningRate) => learningRate.',
      );
    }
    this.#schedule = schedule;
    this.#verbose = verbose;
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    const rate = await this.#schedule(epoch, await learningRateOf(this.model));
    await setLearningRate(this.model, 'learningRateScheduler', rate);
    if (this.#verbose > 0) console.log(`Epoch ${epoch + 1}: learning rate ${rate}`);
  }

  override async onEpochEnd(_epoch: number, logs: Logs): Promise<void> {
    logs.learning_rate = await learningRateOf(this.model);
  }
}
