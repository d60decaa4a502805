import { isRecord } from './manifest.js';

/** The layers of tfjs 4.22, in Keras' names. */
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
  Rescaling Resizing CenterCrop CategoryEncoding RandomWidth`.split(/\s+/),
);

/** Options that tfjs refuses or overlooks. */
const OPTIONS: readonly (readonly [key: string, means: (value: unknown) => boolean])[] = [
  ['reset_after', (value) => value === true],
  ['keepdims', (value) => value === true],
  ['groups', (value) => typeof value === 'number' && value > 1],
];

/** What of a model's configuration tfjs does not have: `GroupNormalization 'norm'`, `reset_after of GRU 'gru'`. */
export function strangersIn(config: unknown): string[] {
  if (Array.isArray(config)) return config.flatMap(strangersIn);
  if (!isRecord(config)) return [];
  const { class_name: name, config: own } = config;
  const inside = Object.values(config).flatMap(strangersIn);
  if (typeof name !== 'string' || !isRecord(own) || typeof own.name !== 'string') return inside;
  const layer = `${name} '${own.name}'`;
  if (!LAYERS.has(name)) return [layer, ...inside];
  const found = OPTIONS.filter(([key, means]) => means(own[key])).map(([key]) => `${key} of ${layer}`);
  return [...found, ...inside];
}
