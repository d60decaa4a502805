import { ConvLSTM2DCell, type ConvLSTMCellOptions } from './conv-lstm-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';

export interface ConvLSTM2DOptions extends ConvLSTMCellOptions, SequenceOptions {}

/**
 * Long short-term memory whose products are convolutions (Keras `ConvLSTM2D`; Shi et al. 2015).
 *
 * Input shape: `[batch, steps, rows, columns, channels]`, or a list of it and the states h and c to start from. Output shape:
 * `[batch, rows, columns, filters]`, with `returnSequences` `[batch, steps, rows, columns, filters]`; with `returnState` a list of
 * that, h and c.
 *
 * @example
 * convLstm2d({ filters: 8, kernelSize: 3, padding: 'same' });
 */
export class ConvLSTM2D extends RNNOfCell<ConvLSTM2DCell> {
  static override readonly className = 'ConvLSTM2D';
  static override readonly optionNames = optionNamesWith(ConvLSTM2DCell);

  constructor(options: ConvLSTM2DOptions) {
    super(ConvLSTM2DCell, 'conv_lstm_cell', options);
  }

  protected override get inputRank(): number {
    return 5;
  }
}
