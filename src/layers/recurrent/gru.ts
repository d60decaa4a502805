import { GRUCell, type GRUCellOptions } from './gru-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';

export interface GRUOptions extends GRUCellOptions, SequenceOptions {}

/**
 * Gated recurrent units (Keras `GRU`; Cho et al. 2014).
 *
 * Input shape: `[batch, steps, features]`, or a list of it and the state to start from. Output shape: `[batch, units]`,
 * with `returnSequences` `[batch, steps, units]`; with `returnState` a list of that and the state.
 *
 * @example
 * gru({ units: 32, returnSequences: true });
 */
export class GRU extends RNNOfCell<GRUCell> {
  static override readonly className = 'GRU';
  static override readonly optionNames = optionNamesWith(GRUCell);

  constructor(options: GRUOptions) {
    super(GRUCell, 'gru_cell', options);
  }
}
