import * as layers from '../layers/index.js';
import type { Layer } from '../layers/layer.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { sequential } from '../models/sequential.js';
import { type Application, type ApplicationOptions, application } from './application.js';
import { activate, add, channelsOf, conv, named } from './blocks.js';
import { numberedPool, type Top } from './head.js';
import { layerScale } from './layers/index.js';
import { type Hashes, plainFiles } from './model-store.js';
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from './preprocess-input.js';

export interface ConvnextOptions extends ApplicationOptions {
  /** Whether the network itself normalises pixels from 0 to 255. Default true. */
  includePreprocessing?: boolean;
}

interface Variant {
  /** Blocks of the four stages. */
  readonly depths: readonly number[];
  readonly channels: readonly number[];
}

const EPSILON = 1e-6;
/** What the factors of what blocks find start with. */
const SCALE = 1e-6;

const layerNorm = (name?: string): Layer => layers.layerNormalization({ epsilon: EPSILON, ...named(name) });

/** One 7×7 for each channel, widened fourfold, narrowed, added to what went in. */
function block(x: SymbolicTensor, name: string): SymbolicTensor {
  const channels = channelsOf(x);
  let y = conv(x, channels, 7, { padding: 'same', groups: channels, name: `${name}_depthwise_conv` });
  y = layerNorm(`${name}_layernorm`).apply(y);
  y = layers.dense({ units: 4 * channels, name: `${name}_pointwise_conv_1` }).apply(y);
  y = activate(y, 'gelu', `${name}_gelu`);
  y = layers.dense({ units: channels, name: `${name}_pointwise_conv_2` }).apply(y);
  y = layerScale({ initValues: SCALE, projectionDim: channels, name: `${name}_layer_scale` }).apply(y);
  return add([x, activate(y, 'linear', `${name}_identity`)]);
}

/** Four by four pixels to one place, then two by two. */
function smaller(stage: number, channels: number, name: string): Layer {
  if (stage === 0) {
    const patches = layers.conv2d({ filters: channels, kernelSize: 4, strides: 4, name: `${name}_stem_conv` });
    return sequential({ layers: [patches, layerNorm(`${name}_stem_layernorm`)], name: `${name}_stem` });
  }
  const i = stage - 1;
  const patches = layers.conv2d({
    filters: channels,
    kernelSize: 2,
    strides: 2,
    name: `${name}_downsampling_conv_${i}`,
  });
  const normed = layerNorm(`${name}_downsampling_layernorm_${i}`);
  return sequential({ layers: [normed, patches], name: `${name}_downsampling_block_${i}` });
}

function normalized(pictures: SymbolicTensor, name: string): SymbolicTensor {
  const mean = IMAGENET_MEAN.map((value) => value * 255);
  const variance = IMAGENET_DEVIATION.map((deviation) => (deviation * 255) ** 2);
  return layers.normalization({ mean, variance, name: `${name}_prestem_normalization` }).apply(pictures);
}

function features(pictures: SymbolicTensor, { depths, channels }: Variant, name: string, prepare: boolean) {
  let x = prepare && channelsOf(pictures) === 3 ? normalized(pictures, name) : pictures;
  for (const [stage, depth] of depths.entries()) {
    x = smaller(stage, channels[stage] ?? 0, name).apply(x);
    for (let i = 0; i < depth; i++) x = block(x, `${name}_stage_${stage}_block_${i}`);
  }
  return x;
}

function top(name: string): Top {
  return (features, { classes, activation }) => {
    let x = layers.globalAveragePooling2d({ name: `${name}_head_gap` }).apply(features);
    x = layerNorm(`${name}_head_layernorm`).apply(x);
    return layers.dense({ units: classes, activation, name: `${name}_head_dense` }).apply(x);
  };
}

function convnext(name: string, variant: Variant, hashes: Hashes): Application<ConvnextOptions> {
  return application<ConvnextOptions>({
    name,
    size: 224,
    minSize: 32,
    style: 'none',
    optionNames: ['includePreprocessing'],
    features: (x, { name: own = name, includePreprocessing = true }) => features(x, variant, own, includePreprocessing),
    top: ({ name: own = name }) => top(own),
    pool: numberedPool,
    finish: (x) => layerNorm().apply(x),
    files: () => plainFiles('tensorflow/keras-applications/convnext', name, hashes),
  });
}

/**
 * ConvNeXt-Tiny (Liu et al. 2022, arXiv:2201.03545): a ResNet with what vision transformers taught.
 *
 * Input shape: `[batch, 224, 224, 3]`, pixels from 0 to 255. Output shape: `[batch, 1000]`.
 */
export const convnextTiny = convnext('convnext_tiny', { depths: [3, 3, 9, 3], channels: [96, 192, 384, 768] }, [
  '8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff',
  'd547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1',
]);

/** As {@link convnextTiny}, deeper. */
export const convnextSmall = convnext('convnext_small', { depths: [3, 3, 27, 3], channels: [96, 192, 384, 768] }, [
  'ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c',
  '6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab',
]);

/** As {@link convnextSmall}, wider. */
export const convnextBase = convnext('convnext_base', { depths: [3, 3, 27, 3], channels: [128, 256, 512, 1024] }, [
  '52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6',
  '40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45',
]);

/** As {@link convnextBase}, wider. */
export const convnextLarge = convnext('convnext_large', { depths: [3, 3, 27, 3], channels: [192, 384, 768, 1536] }, [
  '070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6',
  '96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd',
]);

/** As {@link convnextLarge}, wider. */
export const convnextXlarge = convnext('convnext_xlarge', { depths: [3, 3, 27, 3], channels: [256, 512, 1024, 2048] }, [
  'c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee',
  'de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05',
]);
