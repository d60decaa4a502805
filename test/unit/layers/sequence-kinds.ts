import * as layers from '../../../src/layers/index.js';
import type { Kind } from './kinds.js';

const cellWeights = (path: string, columns: number, bias: number[], units = 4): Record<string, number[]> => ({
  [`${path}/kernel`]: [3, columns],
  [`${path}/recurrent_kernel`]: [units, columns],
  [`${path}/bias`]: bias,
});

const projected = (heads: number, shared = heads): Record<string, number[]> => ({
  'it/query/kernel': [6, heads, 2],
  'it/query/bias': [heads, 2],
  'it/key/kernel': [6, shared, 2],
  'it/key/bias': [shared, 2],
  'it/value/kernel': [6, shared, 2],
  'it/value/bias': [shared, 2],
  'it/attention_output/kernel': [heads, 2, 6],
  'it/attention_output/bias': [6],
});

type Pairs = Kind['shapes'];
const inner = { units: 4, name: 'in' };
const LAST: Pairs = [
  [[null, 5, 3], [null, 4]], // biome-ignore format: pairs
  [[null, null, 3], [null, 4]], // biome-ignore format: pairs
];
const ALL: Pairs = [
  [[null, 5, 3], [null, 5, 4]], // biome-ignore format: pairs
  [[null, null, 3], [null, null, 4]], // biome-ignore format: pairs
];
const flat: Kind['misfit'] = [[null, 3], /\[batch, steps, features\], got \(None, 3\)/];

/** Recurrent layers, attention, and what belongs to masks. */
export const SEQUENCE_KINDS: Record<string, Kind> = {
  SimpleRNN: {
    make: (o) => layers.simpleRNN({ units: 4, name: 'it', ...o }),
    shapes: LAST,
    weights: cellWeights('it/simple_rnn_cell', 4, [4]),
    typo: ['unit', 'units'],
    misfit: flat,
  },
  LSTM: {
    make: (o) => layers.lstm({ units: 4, returnSequences: true, name: 'it', ...o }),
    shapes: ALL,
    weights: cellWeights('it/lstm_cell', 16, [16]),
    typo: ['returnSequence', 'returnSequences'],
    misfit: flat,
  },
  GRU: {
    make: (o) => layers.gru({ units: 4, goBackwards: true, name: 'it', ...o }),
    shapes: LAST,
    weights: cellWeights('it/gru_cell', 12, [2, 12]),
    typo: ['resetafter', 'resetAfter'],
    misfit: flat,
  },
  RNN: {
    make: (o) =>
      layers.rnn({
        cell: layers.stackedRNNCells({
          cells: [
            layers.gruCell({ units: 5, resetAfter: false, name: 'low' }),
            layers.simpleRNNCell({ units: 4, name: 'top' }),
          ],
          name: 'stacked_rnn_cells',
        }),
        returnSequences: true,
        name: 'it',
        ...o,
      }),
    shapes: ALL,
    weights: {
      ...cellWeights('it/stacked_rnn_cells/low', 15, [15], 5),
      'it/stacked_rnn_cells/top/kernel': [5, 4],
      'it/stacked_rnn_cells/top/recurrent_kernel': [4, 4],
      'it/stacked_rnn_cells/top/bias': [4],
    },
    typo: ['cel', 'cell'],
    float32Only: true,
    misfit: flat,
  },
  SimpleRNNCell: {
    make: (o) => layers.simpleRNNCell({ units: 3, name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: cellWeights('it', 3, [3], 3),
    typo: ['unit', 'units'],
    inputs: 2,
  },
  LSTMCell: {
    make: (o) => layers.lstmCell({ units: 3, name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: cellWeights('it', 12, [12], 3),
    typo: ['unitForgetBia', 'unitForgetBias'],
    inputs: 3,
  },
  GRUCell: {
    make: (o) => layers.gruCell({ units: 3, name: 'it', ...o }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: cellWeights('it', 9, [2, 9], 3),
    typo: ['resetAftr', 'resetAfter'],
    inputs: 2,
  },
  StackedRNNCells: {
    make: (o) =>
      layers.stackedRNNCells({
        cells: [layers.simpleRNNCell({ units: 3, name: 'a' }), layers.simpleRNNCell({ units: 3, name: 'b' })],
        name: 'it',
        ...o,
      }),
    shapes: [[[null, 3], [null, 3]]], // biome-ignore format: pairs
    weights: { ...cellWeights('it/a', 3, [3], 3), ...cellWeights('it/b', 3, [3], 3) },
    typo: ['cels', 'cells'],
    float32Only: true,
    inputs: 3,
  },
  Bidirectional: {
    make: (o) => layers.bidirectional({ layer: layers.lstm({ ...inner, units: 2 }), name: 'it', ...o }),
    shapes: LAST,
    weights: {
      ...cellWeights('it/forward_in/lstm_cell', 8, [8], 2),
      ...cellWeights('it/backward_in/lstm_cell', 8, [8], 2),
    },
    typo: ['mergemode', 'mergeMode'],
    float32Only: true,
  },
  TimeDistributed: {
    make: (o) => layers.timeDistributed({ layer: layers.dense(inner), name: 'it', ...o }),
    shapes: ALL,
    weights: { 'it/in/kernel': [3, 4], 'it/in/bias': [4] },
    typo: ['layr', 'layer'],
    misfit: [[null, 3], /\[batch, steps, …\], got \(None, 3\)/],
    float32Only: true,
  },
  ConvLSTM1D: {
    make: (o) => layers.convLstm1d({ filters: 2, kernelSize: 2, padding: 'same', name: 'it', ...o }),
    shapes: [[[null, 3, 4, 1], [null, 4, 2]]], // biome-ignore format: pairs
    weights: {
      'it/conv_lstm_cell/kernel': [2, 1, 8],
      'it/conv_lstm_cell/recurrent_kernel': [2, 2, 8],
      'it/conv_lstm_cell/bias': [8],
    },
    typo: ['filter', 'filters'],
    misfit: [[null, 3, 4], /4 axes, got \(None, 3, 4\)/],
  },
  ConvLSTM2D: {
    make: (o) =>
      layers.convLstm2d({
        filters: 2,
        kernelSize: 2,
        returnSequences: true,
        dataFormat: 'channels_first',
        name: 'it',
        ...o,
      }),
    shapes: [[[null, 2, 1, 4, 3], [null, 2, 2, 3, 2]]], // biome-ignore format: pairs
    weights: {
      'it/conv_lstm_cell/kernel': [2, 2, 1, 8],
      'it/conv_lstm_cell/recurrent_kernel': [2, 2, 2, 8],
      'it/conv_lstm_cell/bias': [8],
    },
    typo: ['filter', 'filters'],
    misfit: [[null, 2, 1], /5 axes, got \(None, 2, 1\)/],
  },
  ConvLSTM3D: {
    make: (o) => layers.convLstm3d({ filters: 1, kernelSize: 2, name: 'it', ...o }),
    shapes: [[[null, 2, 3, 3, 3, 1], [null, 2, 2, 2, 1]]], // biome-ignore format: pairs
    weights: {
      'it/conv_lstm_cell/kernel': [2, 2, 2, 1, 4],
      'it/conv_lstm_cell/recurrent_kernel': [2, 2, 2, 1, 4],
      'it/conv_lstm_cell/bias': [4],
    },
    typo: ['filter', 'filters'],
    misfit: [[null, 2, 3], /6 axes, got \(None, 2, 3\)/],
  },
  Masking: {
    make: (o) => layers.masking({ maskValue: -1, name: 'it', ...o }),
    shapes: [[[null, 5, 3], [null, 5, 3]]], // biome-ignore format: pairs
    weights: {},
    typo: ['maskvalue', 'maskValue'],
  },
  EinsumDense: {
    make: (o) =>
      layers.einsumDense({ equation: 'abc,cde->abde', outputShape: [null, 2, 4], biasAxes: 'e', name: 'it', ...o }),
    shapes: [[[null, 5, 3], [null, 5, 2, 4]]], // biome-ignore format: pairs
    weights: { 'it/kernel': [3, 2, 4], 'it/bias': [4] },
    typo: ['equaton', 'equation'],
    misfit: [[null, 3], /axes 'abc', got \(None, 3\)/],
  },
  Attention: {
    make: (o) => layers.attention({ useScale: true, name: 'it', ...o }),
    shapes: [[[null, 5, 3], [null, 5, 3]]], // biome-ignore format: pairs
    weights: { 'it/scale': [] },
    typo: ['useScal', 'useScale'],
    inputs: 2,
  },
  AdditiveAttention: {
    make: (o) => layers.additiveAttention({ name: 'it', ...o }),
    shapes: [[[null, 5, 3], [null, 5, 3]]], // biome-ignore format: pairs
    weights: { 'it/scale': [3] },
    typo: ['useScal', 'useScale'],
    inputs: 3,
  },
  MultiHeadAttention: {
    make: (o) => layers.multiHeadAttention({ numHeads: 3, keyDim: 2, name: 'it', ...o }),
    shapes: [[[null, 5, 6], [null, 5, 6]]], // biome-ignore format: pairs
    weights: projected(3),
    typo: ['numHead', 'numHeads'],
    misfit: [[null, 6], /\[batch, queries, features\], got \(None, 6\)/],
    inputs: 2,
  },
  GroupedQueryAttention: {
    make: (o) => layers.groupQueryAttention({ headDim: 2, numQueryHeads: 4, numKeyValueHeads: 2, name: 'it', ...o }),
    shapes: [[[null, 5, 6], [null, 5, 6]]], // biome-ignore format: pairs
    weights: projected(4, 2),
    typo: ['headDims', 'headDim'],
    inputs: 2,
  },
};
