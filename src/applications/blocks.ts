import { TensorFlowError } from '../errors/errors.js';
import type { ConvOptions } from '../layers/convolution/conv.js';
import type { DepthwiseOptions } from '../layers/convolution/depthwise-conv.js';
import type { SeparableConvOptions } from '../layers/convolution/separable-conv.js';
import * as layers from '../layers/index.js';
import type { BatchNormalizationOptions } from '../layers/normalization/batch-normalization.js';
import type { Pair } from '../layers/pairs.js';
import type { PoolingOptions } from '../layers/pooling/pooling.js';
import type { SymbolicTensor } from '../layers/symbolic.js';

/** A part of a network: what goes in, and what comes out on top. */
export type Block = (x: SymbolicTensor) => SymbolicTensor;

type ConvDetails = Omit<ConvOptions, 'filters' | 'kernelSize'>;
type SeparableDetails = Omit<SeparableConvOptions, 'filters' | 'kernelSize'>;
type DepthwiseDetails = Omit<DepthwiseOptions, 'kernelSize'>;

/** Option `name` where there is one: without, layers are numbered. */
export function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

export function conv(x: SymbolicTensor, filters: number, kernelSize: Pair, details: ConvDetails = {}): SymbolicTensor {
  return layers.conv2d({ filters, kernelSize, ...details }).apply(x);
}

export function depthwise(x: SymbolicTensor, kernelSize: Pair, details: DepthwiseDetails = {}): SymbolicTensor {
  return layers.depthwiseConv2d({ kernelSize, ...details }).apply(x);
}

/** 3×3, `same`, without bias, as networks use it. */
export function separable(x: SymbolicTensor, filters: number, details: SeparableDetails & { kernelSize?: Pair } = {}) {
  return layers.separableConv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...details }).apply(x);
}

export function batchNorm(x: SymbolicTensor, details: BatchNormalizationOptions = {}): SymbolicTensor {
  return layers.batchNormalization(details).apply(x);
}

export function activate(x: SymbolicTensor, activation: string, name?: string): SymbolicTensor {
  return layers.activation({ activation, ...named(name) }).apply(x);
}

export function relu(x: SymbolicTensor, name?: string): SymbolicTensor {
  return activate(x, 'relu', name);
}

/** min(max(x, 0), 6), as a layer of its own. */
export function relu6(x: SymbolicTensor, name?: string): SymbolicTensor {
  return layers.reLU({ maxValue: 6, ...named(name) }).apply(x);
}

export function pad(x: SymbolicTensor, padding: number | readonly (readonly number[])[], name?: string) {
  return layers.zeroPadding2d({ padding, ...named(name) }).apply(x);
}

export function maxPool(x: SymbolicTensor, poolSize: Pair, details: PoolingOptions = {}): SymbolicTensor {
  return layers.maxPooling2d({ poolSize, ...details }).apply(x);
}

export function averagePool(x: SymbolicTensor, poolSize: Pair, details: PoolingOptions = {}): SymbolicTensor {
  return layers.averagePooling2d({ poolSize, ...details }).apply(x);
}

export function add(xs: readonly SymbolicTensor[], name?: string): SymbolicTensor {
  return layers.add(named(name)).apply(xs);
}

export function multiply(xs: readonly SymbolicTensor[], name?: string): SymbolicTensor {
  return layers.multiply(named(name)).apply(xs);
}

/** Side by side along the channels. */
export function concatenate(xs: readonly SymbolicTensor[], name?: string): SymbolicTensor {
  return layers.concatenate({ axis: 3, ...named(name) }).apply(xs);
}

/** Number of channels. */
export function channelsOf(x: SymbolicTensor): number {
  const channels = x.shape?.at(-1);
  if (channels != null) return channels;
  throw new TensorFlowError('ERR_SHAPE', `'${x.name}': the number of channels must be known; give inputShape.`);
}

/** Margins of a convolution with stride 2 whose output is centred on the input, as `same` at stride 1 is. */
export function margins(x: SymbolicTensor, kernelSize: number): [number, number][] {
  const half = Math.floor(kernelSize / 2);
  const [, rows, columns] = x.shape ?? [];
  // Why: of an open size, Keras takes both lengths to be even.
  return [rows, rows == null ? rows : columns].map((length) => [half - (length == null ? 1 : 1 - (length % 2)), half]);
}

/** The number of channels nearest to `channels` that 8 divides, and not less than nine tenths of it. */
export function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor(Math.floor(channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
