import { factory } from '../factory.js';
import { registerLibraryLayer } from '../registry.js';
import { Bidirectional } from './bidirectional.js';
import { ConvLSTM1D } from './conv-lstm1d.js';
import { ConvLSTM2D } from './conv-lstm2d.js';
import { ConvLSTM3D } from './conv-lstm3d.js';
import { GRU } from './gru.js';
import { GRUCell } from './gru-cell.js';
import { LSTM } from './lstm.js';
import { LSTMCell } from './lstm-cell.js';
import { RecurrentCell } from './recurrent-cell.js';
import { RNN } from './rnn.js';
import { SimpleRNN } from './simple-rnn.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';
import { StackedRNNCells } from './stacked-rnn-cells.js';
import { TimeDistributed } from './time-distributed.js';

registerLibraryLayer(
  Bidirectional,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  StackedRNNCells,
  TimeDistributed,
);

export {
  Bidirectional,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  GRU,
  GRUCell,
  LSTM,
  LSTMCell,
  RecurrentCell,
  RNN,
  SimpleRNN,
  SimpleRNNCell,
  StackedRNNCells,
  TimeDistributed,
};

/** {@inheritDoc Bidirectional} */
export const bidirectional = factory(Bidirectional);
/** {@inheritDoc ConvLSTM1D} */
export const convLstm1d = factory(ConvLSTM1D);
/** {@inheritDoc ConvLSTM2D} */
export const convLstm2d = factory(ConvLSTM2D);
/** {@inheritDoc ConvLSTM3D} */
export const convLstm3d = factory(ConvLSTM3D);
/** {@inheritDoc GRU} */
export const gru = factory(GRU);
/** {@inheritDoc GRUCell} */
export const gruCell = factory(GRUCell);
/** {@inheritDoc LSTM} */
export const lstm = factory(LSTM);
/** {@inheritDoc LSTMCell} */
export const lstmCell = factory(LSTMCell);
/** {@inheritDoc RNN} */
export const rnn = factory(RNN);
/** {@inheritDoc SimpleRNN} */
export const simpleRNN = factory(SimpleRNN);
/** {@inheritDoc SimpleRNNCell} */
export const simpleRNNCell = factory(SimpleRNNCell);
/** {@inheritDoc StackedRNNCells} */
export const stackedRNNCells = factory(StackedRNNCells);
/** {@inheritDoc TimeDistributed} */
export const timeDistributed = factory(TimeDistributed);
