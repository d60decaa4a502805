import type { Output } from '../../core/output.js';
import type { CallOptions } from '../layer.js';
import { fusedLSTM } from './fused-lstm.js';
import { LSTMCell, type LSTMCellOptions } from './lstm-cell.js';
import { lengthOf } from './recurrent-cell.js';
import type { SequenceOptions } from './rnn.js';
import { optionNamesWith, RNNOfCell } from './rnn-of-cell.js';
import type { Unfolded } from './unfold.js';

export interface LSTMOptions extends LSTMCellOptions, SequenceOptions {}

/**
 * Long short-term memory (Keras `LSTM`; Hochreiter and Schmidhuber 1997). With the default activations, and neither a
 * mask nor `recurrentDropout` nor `unroll`, the whole sequence is one kernel of the library.
 *
 * Input shape: `[batch, steps, features]`, or a list of it and the states h and c to start from. Output shape: `[batch,
 * units]`, with `returnSequences` `[batch, steps, units]`; with `returnState` a list of that, h and c.
 *
 * @example
 * lstm({ units: 32, dropout: 0.2 });
 */
export class LSTM extends RNNOfCell<LSTMCell> {
  static override readonly className = 'LSTM';
  static override readonly optionNames = optionNamesWith(LSTMCell);

  constructor(options: LSTMOptions) {
    super(LSTMCell, 'lstm_cell', options);
  }

  protected override fused(inputs: Output, states: readonly Output[], options: CallOptions): Unfolded | undefined {
    const { activation, recurrentActivation, recurrentDropout } = this.cell;
    const usual = activation.name === 'tanh' && recurrentActivation.name === 'sigmoid';
    if (!usual || recurrentDropout > 0 || inputs.dtype !== 'float32') return undefined;
    const pass = this.cell.pass(lengthOf(inputs, 1), options.training ?? false);
    return fusedLSTM(inputs, states as readonly [Output, Output], pass);
  }
}
