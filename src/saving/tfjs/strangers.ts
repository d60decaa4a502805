import { isRecord } from './manifest.js';

/** The layers of tfjs 4.22 that do what Keras' do, in Keras' names. */
const LAYERS = new Set(
  `InputLayer Model Functional Sequential Dense Activation Embedding Masking Flatten Reshape Permute RepeatVector
  ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax
  Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose SeparableConv2D DepthwiseConv2D
  Cropping2D UpSampling2D ZeroPadding2D
  MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D
  GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D
  RNN SimpleRNN SimpleRNNCell GRU GRUCell LSTM LSTMCell StackedRNNCells ConvLSTM2D ConvLSTM2DCell
  Bidirectional TimeDistributed
  Dropout SpatialDropout1D AlphaDropout GaussianDropout GaussianNoise BatchNormalization LayerNormalization
  Add Multiply Average Maximum Minimum Concatenate Dot
  Rescaling`.split(/\s+/),
);

const ACTIVATIONS = new Set(
  `elu hard_sigmoid linear relu relu6 selu sigmoid softmax softplus softsign tanh log_softmax swish mish gelu`.split(
    ' ',
  ),
);

/** Options that tfjs refuses, overlooks, or takes for something else. */
const OPTIONS: readonly (readonly [key: string, means: (value: unknown, layer: string) => boolean])[] = [
  ['reset_after', (value) => value === true],
  ['keepdims', (value) => value === true],
  ['groups', (value) => typeof value === 'number' && value > 1],
  ['padding', (value) => value === 'causal'],
  ['target_shape', (value) => Array.isArray(value) && value.includes(-1)],
  ['threshold', (value, layer) => layer === 'ReLU' && value !== 0],
  ['negative_slope', (value, layer) => layer === 'ReLU' && value !== 0],
  ['alpha', (value, layer) => layer === 'ELU' && value !== 1],
  ['axis', (value, layer) => layer === 'Softmax' && value !== -1],
  // Why: it puts the corners of pictures elsewhere.
  ['interpolation', (value) => value === 'bilinear'],
  ['activation', isStrange],
  ['recurrent_activation', isStrange],
];

function isStrange(activation: unknown): boolean {
  return typeof activation === 'string' && !ACTIVATIONS.has(activation);
}

/** What of a model's configuration tfjs does not do: `GroupNormalization 'norm'`, `reset_after true of GRU 'gru'`. */
export function strangersIn(config: unknown): string[] {
  if (Array.isArray(config)) return config.flatMap(strangersIn);
  if (!isRecord(config)) return [];
  const { class_name: name, config: own } = config;
  const inside = Object.values(config).flatMap(strangersIn);
  if (typeof name !== 'string' || !isRecord(own) || typeof own.name !== 'string') return inside;
  const layer = `${name} '${own.name}'`;
  if (!LAYERS.has(name)) return [layer, ...inside];
  const found = OPTIONS.filter(([key, means]) => key in own && means(own[key], name));
  return [...found.map(([key]) => `${key} ${JSON.stringify(own[key])} of ${layer}`), ...inside];
}
