import { ConvLSTM1DCell, type ConvLSTMCellOptions } from './conv-lstm-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';

export interface ConvLSTM1DOptions extends ConvLSTMCellOptions, SequenceOptions {}

/**
 * Long short-term memory whose products are convolutions (Keras `ConvLSTM1D`; Shi et al. 2015).
 *
 * Input shape: `[batch, steps, columns, channels]`, or a list of it and the states h and c to start from. Output shape:
 * `[batch, columns, filters]`, with `returnSequences` `[batch, steps, columns, filters]`; with `returnState` a list of
 * that, h and c.
 *
 * @example
 * convLstm1d({ filters: 8, kernelSize: 3, padding: 'same' });
 */
export class ConvLSTM1D extends RNNOfCell<ConvLSTM1DCell> {
  static override readonly className = 'ConvLSTM1D';
  static override readonly optionNames = optionNamesWith(ConvLSTM1DCell);

  constructor(options: ConvLSTM1DOptions) {
    super(ConvLSTM1DCell, 'conv_lstm_cell', options);
  }

  protected override get inputRank(): number {
    return 4;
  }
}
