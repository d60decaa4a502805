import { TensorFlowError } from '../errors/errors.js';
import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type ApplicationOptions, application, type Pictures } from './application.js';
import { batchNorm, conv, depthwise, pad, relu6 } from './blocks.js';
import { numberedPool, type Top } from './head.js';
import { type StoredFile, storedFile, type WeightFiles } from './model-store.js';

export interface MobilenetOptions extends ApplicationOptions {
  /** Factor of the number of channels. Trained: 0.25, 0.5, 0.75, 1. Default 1. */
  alpha?: number;
  /** Outputs of the depthwise convolutions for each channel. Trained: 1. Default 1. */
  depthMultiplier?: number;
  /** Share that is dropped before the classifier. Default 0.001. */
  dropout?: number;
}

/** Table 1 of the paper: channels and strides of the blocks. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;
/** What files call the alphas there are weights for. */
const ALPHAS: Readonly<Record<number, string>> = { 1: '1_0', 0.75: '7_5', 0.5: '5_0', 0.25: '2_5' };

const active = (x: SymbolicTensor, name: string): SymbolicTensor =>
  relu6(batchNorm(x, { name: `${name}_bn` }), `${name}_relu`);

function features(pictures: SymbolicTensor, { alpha = 1, depthMultiplier = 1 }: MobilenetOptions): SymbolicTensor {
  const details = { padding: 'same', useBias: false } as const;
  let x = conv(pictures, Math.floor(32 * alpha), 3, { ...details, strides: 2, name: 'conv1' });
  x = active(x, 'conv1');
  for (const [i, [channels, stride]] of BLOCKS.entries()) {
    const block = i + 1;
    // Why not `same`: the network was trained with the margin at the bottom and right alone.
    if (stride === 2) x = pad(x, [[0, 1], [0, 1]], `conv_pad_${block}`); // biome-ignore format: axes
    const padding = stride === 1 ? 'same' : 'valid';
    x = depthwise(x, 3, { padding, depthMultiplier, strides: stride, useBias: false, name: `conv_dw_${block}` });
    x = active(x, `conv_dw_${block}`);
    x = active(conv(x, Math.floor(channels * alpha), 1, { ...details, name: `conv_pw_${block}` }), `conv_pw_${block}`);
  }
  return x;
}

function top({ dropout = 1e-3 }: MobilenetOptions): Top {
  return (features, { classes, activation }) => {
    let x = layers.globalAveragePooling2d({ keepdims: true }).apply(features);
    x = layers.dropout({ rate: dropout, name: 'dropout' }).apply(x);
    x = conv(x, classes, 1, { padding: 'same', name: 'conv_preds' });
    x = layers.reshape({ targetShape: [classes], name: 'reshape_2' }).apply(x);
    return layers.activation({ activation: activation ?? 'linear', name: 'predictions' }).apply(x);
  };
}

function files({ alpha = 1, depthMultiplier = 1 }: MobilenetOptions, { size }: Pictures): WeightFiles {
  const width = ALPHAS[alpha];
  if (width === undefined || depthMultiplier !== 1) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `mobilenet: there are weights for alpha 0.25, 0.5, 0.75 and 1 and depthMultiplier 1, got ${alpha} and ${depthMultiplier}; give weights: null for others.`,
    );
  }
  const file = (end: string): StoredFile =>
    storedFile(`tensorflow/keras-applications/mobilenet/mobilenet_${width}_${size}_tf${end}.h5`);
  return { whole: file(''), headless: file('_no_top') };
}

/**
 * MobileNet (Howard et al. 2017, arXiv:1704.04861): convolutions of one channel at a time, then of one place at a time.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `mobilenet.preprocessInput` makes it; trained also for 128, 160 and 192. Output
 * shape: `[batch, 1000]`.
 */
export const mobilenet = application<MobilenetOptions>({
  name: 'mobilenet',
  modelName: ({ alpha = 1 }, { shape }) => `mobilenet_${alpha.toFixed(2)}_${shape[0] ?? 'None'}`,
  size: 224,
  sizes: [128, 160, 192, 224],
  minSize: 32,
  style: 'tf',
  optionNames: ['alpha', 'depthMultiplier', 'dropout'],
  features,
  top,
  pool: numberedPool,
  files,
});
