import { ConvLSTM3DCell, type ConvLSTMCellOptions } from './conv-lstm-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';

export interface ConvLSTM3DOptions extends ConvLSTMCellOptions, SequenceOptions {}

/**
 * Long short-term memory whose products are convolutions (Keras `ConvLSTM3D`; Shi et al. 2015).
 *
 * Input shape: `[batch, steps, planes, rows, columns, channels]`, or a list of it and the states h and c to start from. Output shape:
 * `[batch, planes, rows, columns, filters]`, with `returnSequences` `[batch, steps, planes, rows, columns, filters]`; with `returnState` a list of
 * that, h and c.
 *
 * @example
 * convLstm3d({ filters: 8, kernelSize: 3, padding: 'same' });
 */
export class ConvLSTM3D extends RNNOfCell<ConvLSTM3DCell> {
  static override readonly className = 'ConvLSTM3D';
  static override readonly optionNames = optionNamesWith(ConvLSTM3DCell);

  constructor(options: ConvLSTM3DOptions) {
    super(ConvLSTM3DCell, 'conv_lstm_cell', options);
  }

  protected override get inputRank(): number {
    return 6;
  }
}
