import { TensorFlowError } from '../errors/errors.js';
import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, type ApplicationOptions, application } from './application.js';
import {
  activate,
  add,
  type Block,
  batchNorm,
  channelsOf,
  conv,
  depthwise,
  margins,
  multiply,
  pad,
  relu6,
  roundChannels,
} from './blocks.js';
import type { Top } from './head.js';
import { pythonFloat } from './mobilenet-v2.js';
import { type Hashes, storedFile, type WeightFiles } from './model-store.js';

export interface MobilenetV3Options extends ApplicationOptions {
  /** Factor of the number of channels. Trained: 0.75, 1. Default 1. */
  alpha?: number;
  /** Without squeeze-and-excite, hard swish and 5×5 kernels; trained for alpha 1. Default false. */
  minimalistic?: boolean;
  /** Share that is dropped before the classifier. Default 0.2. */
  dropoutRate?: number;
  /** Whether the network itself brings pixels from 0 … 255 to −1 … 1. Default true. */
  includePreprocessing?: boolean;
}

/** What only the networks that are not minimalistic do. */
type Row = readonly [
  expansion: number,
  channels: number,
  kernelSize: 3 | 5,
  stride: number,
  squeeze: boolean,
  activation: 'relu' | 'swish',
];

/** Table 2 of the paper. */
const SMALL: readonly Row[] = [
  [1, 16, 3, 2, true, 'relu'],
  [72 / 16, 24, 3, 2, false, 'relu'],
  [88 / 24, 24, 3, 1, false, 'relu'],
  [4, 40, 5, 2, true, 'swish'],
  [6, 40, 5, 1, true, 'swish'],
  [6, 40, 5, 1, true, 'swish'],
  [3, 48, 5, 1, true, 'swish'],
  [3, 48, 5, 1, true, 'swish'],
  [6, 96, 5, 2, true, 'swish'],
  [6, 96, 5, 1, true, 'swish'],
  [6, 96, 5, 1, true, 'swish'],
];

/** Table 1 of the paper. */
const LARGE: readonly Row[] = [
  [1, 16, 3, 1, false, 'relu'],
  [4, 24, 3, 2, false, 'relu'],
  [3, 24, 3, 1, false, 'relu'],
  [3, 40, 5, 2, true, 'relu'],
  [3, 40, 5, 1, true, 'relu'],
  [3, 40, 5, 1, true, 'relu'],
  [6, 80, 3, 2, false, 'swish'],
  [2.5, 80, 3, 1, false, 'swish'],
  [2.3, 80, 3, 1, false, 'swish'],
  [2.3, 80, 3, 1, false, 'swish'],
  [6, 112, 3, 1, true, 'swish'],
  [6, 112, 3, 1, true, 'swish'],
  [6, 160, 5, 2, true, 'swish'],
  [6, 160, 5, 1, true, 'swish'],
  [6, 160, 5, 1, true, 'swish'],
];

const norm = (x: SymbolicTensor, name: string): SymbolicTensor =>
  batchNorm(x, { epsilon: 1e-3, momentum: 0.999, name });

const reLU: Block = (x) => layers.reLU().apply(x);
const hardSwish: Block = (x) => activate(x, 'hard_swish');

/** min(max(x + 3, 0), 6) / 6. Keras has its sum and its product as operations, which are no layers. */
function hardSigmoid(x: SymbolicTensor, prefix: string): SymbolicTensor {
  const shifted = layers.rescaling({ scale: 1, offset: 3, name: `${prefix}shift` }).apply(x);
  return layers.rescaling({ scale: 1 / 6, name: `${prefix}scale` }).apply(relu6(shifted));
}

/** Each channel times a factor that all channels decide on. */
function squeezeAndExcite(x: SymbolicTensor, block: string): SymbolicTensor {
  const prefix = `${block}squeeze_excite_`;
  const channels = channelsOf(x);
  let y = layers.globalAveragePooling2d({ keepdims: true, name: `${prefix}avg_pool` }).apply(x);
  y = conv(y, roundChannels(channels * 0.25), 1, { padding: 'same', name: `${prefix}conv` });
  y = layers.reLU({ name: `${prefix}relu` }).apply(y);
  y = conv(y, channels, 1, { padding: 'same', name: `${prefix}conv_1` });
  return multiply([x, hardSigmoid(y, prefix)], `${prefix}mul`);
}

interface BlockOptions {
  readonly prefix: string;
  /** Undefined: not widened. */
  readonly wide: number | undefined;
  readonly channels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly squeeze: boolean;
  readonly activation: Block;
}

function invertedResidual(x: SymbolicTensor, options: BlockOptions): SymbolicTensor {
  const { prefix, wide, channels, kernelSize, stride, squeeze, activation } = options;
  const details = { padding: 'same', useBias: false } as const;
  let y = x;
  if (wide !== undefined) {
    y = activation(norm(conv(y, wide, 1, { ...details, name: `${prefix}expand` }), `${prefix}expand_bn`));
  }
  if (stride === 2) y = pad(y, margins(y, kernelSize), `${prefix}depthwise_pad`);
  const padding = stride === 1 ? 'same' : 'valid';
  y = depthwise(y, kernelSize, { ...details, strides: stride, padding, name: `${prefix}depthwise` });
  y = activation(norm(y, `${prefix}depthwise_bn`));
  if (squeeze) y = squeezeAndExcite(y, prefix);
  y = norm(conv(y, channels, 1, { ...details, name: `${prefix}project` }), `${prefix}project_bn`);
  return stride === 1 && channelsOf(x) === channels ? add([x, y], `${prefix}add`) : y;
}

function features(pictures: SymbolicTensor, rows: readonly Row[], options: MobilenetV3Options): SymbolicTensor {
  const { alpha = 1, minimalistic = false, includePreprocessing = true } = options;
  const swish = minimalistic ? reLU : hardSwish;
  const details = { padding: 'same', useBias: false } as const;
  let x = includePreprocessing ? layers.rescaling({ scale: 1 / 127.5, offset: -1 }).apply(pictures) : pictures;
  x = swish(norm(conv(x, 16, 3, { ...details, strides: 2, name: 'conv' }), 'conv_bn'));
  for (const [i, [expansion, channels, kernelSize, stride, squeeze, activation]] of rows.entries()) {
    x = invertedResidual(x, {
      prefix: i === 0 ? 'expanded_conv_' : `expanded_conv_${i}_`,
      wide: i === 0 ? undefined : roundChannels(channelsOf(x) * expansion),
      channels: roundChannels(channels * alpha),
      kernelSize: minimalistic ? 3 : kernelSize,
      stride,
      squeeze: squeeze && !minimalistic,
      activation: activation === 'relu' ? reLU : swish,
    });
  }
  x = conv(x, roundChannels(channelsOf(x) * 6), 1, { ...details, name: 'conv_1' });
  return swish(norm(x, 'conv_1_bn'));
}

function top(channels: number, { alpha = 1, minimalistic = false, dropoutRate = 0.2 }: MobilenetV3Options): Top {
  return (features, { classes, activation }) => {
    let x = layers.globalAveragePooling2d({ keepdims: true }).apply(features);
    x = conv(x, alpha > 1 ? roundChannels(channels * alpha) : channels, 1, { padding: 'same', name: 'conv_2' });
    x = (minimalistic ? reLU : hardSwish)(x);
    if (dropoutRate > 0) x = layers.dropout({ rate: dropoutRate }).apply(x);
    x = conv(x, classes, 1, { padding: 'same', name: 'logits' });
    x = layers.flatten().apply(x);
    return layers.activation({ activation: activation ?? 'linear', name: 'predictions' }).apply(x);
  };
}

interface Variant {
  readonly name: string;
  readonly kind: 'small' | 'large';
  readonly rows: readonly Row[];
  /** Channels before the classifier. */
  readonly last: number;
  /** By what files are called. */
  readonly hashes: Readonly<Record<string, Hashes>>;
}

function filesOf({ kind, hashes }: Variant, { alpha = 1, minimalistic = false }: MobilenetV3Options): WeightFiles {
  const name = `${kind}${minimalistic ? '_minimalistic' : ''}_224_${pythonFloat(alpha)}_float`;
  const [whole, headless] = hashes[name] ?? [];
  if (whole === undefined) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `mobilenetV3: there are weights for alpha 0.75 and 1, minimalistic for 1, got ${alpha}; give weights: null for another one.`,
    );
  }
  const path = `tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_${name}`;
  return { whole: storedFile(`${path}.h5`, whole), headless: storedFile(`${path}_no_top_v2.h5`, headless) };
}

function mobilenetV3(variant: Variant): Application<MobilenetV3Options> {
  return application<MobilenetV3Options>({
    name: variant.name,
    size: 224,
    minSize: 32,
    anySize: true,
    style: 'none',
    optionNames: ['alpha', 'minimalistic', 'dropoutRate', 'includePreprocessing'],
    features: (x, options) => features(x, variant.rows, options),
    top: (options) => top(variant.last, options),
    files: (options) => filesOf(variant, options),
  });
}

/**
 * MobileNetV3Small (Howard et al. 2019, arXiv:1905.02244): found by search, with squeeze-and-excite and hard swish.
 *
 * Input shape: `[batch, rows, columns, 3]`, pixels from 0 to 255; trained at 224. Output shape: `[batch, 1000]`.
 */
export const mobilenetV3Small = mobilenetV3({
  name: 'MobileNetV3Small',
  kind: 'small',
  rows: SMALL,
  last: 1024,
  hashes: {
    'small_224_0.75_float': ['cb65d4e5be93758266aa0a7f2c6708b7', 'ebdb5cc8e0b497cd13a7c275d475c819'],
    'small_224_1.0_float': ['8768d4c2e7dee89b9d02b2d03d65d862', 'd3e8ec802a04aa4fc771ee12a9a9b836'],
    'small_minimalistic_224_1.0_float': ['99cd97fb2fcdad2bf028eb838de69e37', 'cde8136e733e811080d9fcd8a252f7e4'],
  },
});

/** As {@link mobilenetV3Small}, larger. */
export const mobilenetV3Large = mobilenetV3({
  name: 'MobileNetV3Large',
  kind: 'large',
  rows: LARGE,
  last: 1280,
  hashes: {
    'large_224_0.75_float': ['765b44a33ad4005b3ac83185abf1d0eb', '40af19a13ebea4e2ee0c676887f69a2e'],
    'large_224_1.0_float': ['59e551e166be033d707958cf9e29a6a7', '07fb09a5933dd0c8eaafa16978110389'],
    'large_minimalistic_224_1.0_float': ['675e7b876c45c57e9e63e6d90a36599c', 'ec5221f64a2f6d1ef965a614bdae7973'],
  },
});
