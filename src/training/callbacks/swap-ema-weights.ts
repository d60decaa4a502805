import type { ProgramFunction } from '../../core/function.js';
import type { Variable } from '../../core/variable.js';
import { TensorFlowError } from '../../errors/errors.js';
import { checkOptions } from '../../errors/suggest.js';
import type { Optimizer } from '../../nn/index.js';
import * as ops from '../../ops/index.js';
import { Callback, type CallbackModel } from './callback.js';

export interface SwapEMAWeightsOptions {
  /** Also at the end of each epoch until the next one begins, for callbacks that save weights. Default false. */
  swapOnEpoch?: boolean;
}

/** A weight, its moving average, and where the weight is kept while the average is in its place. */
interface Place {
  readonly weight: Variable;
  readonly average: Variable;
  readonly kept: Variable;
}

/** The functions that put averages in and weights back. */
interface Swap {
  readonly in: ProgramFunction;
  readonly out: ProgramFunction;
}

/**
 * Validates with the moving average of the weights (Keras `SwapEMAWeights`); the optimizer keeps it with `useEma: true`.
 *
 * @throws ERR_ARGUMENT before the first step where the optimizer keeps no average
 * @example
 * model.compile({ optimizer: tf.optimizers.adam({ useEma: true }), loss: 'mse' });
 * await model.fit(x, y, { callbacks: [swapEMAWeights({ swapOnEpoch: true }), modelCheckpoint({ filepath: 'ema.h5' })] });
 */
export class SwapEMAWeights extends Callback {
  readonly #swapOnEpoch: boolean;
  readonly #swaps = new WeakMap<Optimizer, Swap>();
  #swapped = false;

  constructor(options: SwapEMAWeightsOptions = {}) {
    super();
    checkOptions('swapEMAWeights', options, ['swapOnEpoch']);
    this.#swapOnEpoch = options.swapOnEpoch ?? false;
  }

  override get state(): { swapped: boolean } {
    return { swapped: this.#swapped };
  }

  override set state({ swapped }: { swapped: boolean }) {
    this.#swapped = swapped;
  }

  override onTrainBegin(): void {
    this.#swapped = false;
    this.#swap();
  }

  override async onEpochBegin(): Promise<void> {
    if (this.#swapOnEpoch) await this.#setSwapped(false);
  }

  override async onEpochEnd(): Promise<void> {
    if (this.#swapOnEpoch) await this.#setSwapped(true);
  }

  override async onTestBegin(): Promise<void> {
    await this.#setSwapped(true);
  }

  override async onTestEnd(): Promise<void> {
    await this.#setSwapped(false);
  }

  async #setSwapped(swapped: boolean): Promise<void> {
    if (this.#swapped === swapped) return;
    await this.#swap()[swapped ? 'in' : 'out']({});
    this.#swapped = swapped;
  }

  /** Made once for each optimizer. */
  #swap(): Swap {
    const { program, optimizer } = this.model;
    const known = this.#swaps.get(optimizer);
    if (known) return known;
    const places = placesOf(this.model);
    const move = (name: string, body: (place: Place) => void) =>
      program.trace(name, {}, () => {
        for (const place of places) body(place);
        return {};
      });
    const swap = {
      in: move('averages_in', ({ weight, average, kept }) => {
        kept.assign(weight.read());
        weight.assign(average.read());
      }),
      out: move('averages_out', ({ weight, kept }) => void weight.assign(kept.read())),
    };
    this.#swaps.set(optimizer, swap);
    return swap;
  }
}

function placesOf({ optimizer, program }: CallbackModel): Place[] {
  return optimizer.variables.map((weight) => {
    const average = optimizer.stateOf('average', weight);
    if (!average) {
      throw new TensorFlowError(
        'ERR_ARGUMENT',
        `swapEMAWeights: optimizer '${optimizer.name}' keeps no average of the weights; give it useEma: true.`,
      );
    }
    const { shape, dtype } = weight;
    const initializer = () => ops.fill(shape, ops.cast(0, dtype));
    return {
      weight,
      average,
      kept: program.variable(`kept/${weight.name}`, { shape, dtype, trainable: false, initializer }),
    };
  });
}
