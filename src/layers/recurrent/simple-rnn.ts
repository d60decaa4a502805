import type { GatedCellOptions } from './gated-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';

export interface SimpleRNNOptions extends GatedCellOptions, SequenceOptions {}

/**
 * A fully connected recurrence: `h = activation(x · kernel + h · recurrentKernel + bias)` (Keras `SimpleRNN`).
 *
 * Input shape: `[batch, steps, features]`, or a list of it and the state to start from. Output shape: `[batch, units]`,
 * with `returnSequences` `[batch, steps, units]`; with `returnState` a list of that and the state.
 *
 * @example
 * simpleRNN({ units: 16 });
 */
export class SimpleRNN extends RNNOfCell<SimpleRNNCell> {
  static override readonly className = 'SimpleRNN';
  static override readonly optionNames = optionNamesWith(SimpleRNNCell);

  constructor(options: SimpleRNNOptions) {
    super(SimpleRNNCell, 'simple_rnn_cell', options);
  }

  /** Keras writes no seed here. */
  override getConfig(): Record<string, unknown> {
    const { seed: _, ...config } = super.getConfig();
    return config;
  }
}
