import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { add, channelsOf, conv, multiply } from './blocks.js';

function variance(scale: number, distribution: string) {
  return { class_name: 'VarianceScaling', config: { scale, mode: 'fan_out', distribution, seed: null } };
}

/** How the kernels of both EfficientNets start. */
export const CONV_INITIALIZER = variance(2, 'truncated_normal');
export const DENSE_INITIALIZER = variance(1 / 3, 'uniform');

/** What their convolutions have in common. */
export const CONV = { padding: 'same', useBias: false, kernelInitializer: CONV_INITIALIZER } as const;

/** `block1a_`, `block1b_` … */
export function blockName(stage: number, block: number): string {
  return `block${stage + 1}${String.fromCharCode('a'.charCodeAt(0) + block)}_`;
}

/** Each channel times a factor that all channels decide on, by way of so few. */
export function squeezeAndExcite(x: SymbolicTensor, few: number, block: string): SymbolicTensor {
  const details = { padding: 'same', kernelInitializer: CONV_INITIALIZER } as const;
  const channels = channelsOf(x);
  let y = layers.globalAveragePooling2d({ name: `${block}se_squeeze` }).apply(x);
  y = layers.reshape({ targetShape: [1, 1, channels], name: `${block}se_reshape` }).apply(y);
  y = conv(y, few, 1, { ...details, activation: 'swish', name: `${block}se_reduce` });
  y = conv(y, channels, 1, { ...details, activation: 'sigmoid', name: `${block}se_expand` });
  return multiply([x, y], `${block}se_excite`);
}

/** What a block found, dropped for some samples in training, and what went in. */
export function residual(found: SymbolicTensor, x: SymbolicTensor, dropRate: number, block: string): SymbolicTensor {
  const drop = { rate: dropRate, noiseShape: [null, 1, 1, 1], name: `${block}drop` };
  return add([dropRate > 0 ? layers.dropout(drop).apply(found) : found, x], `${block}add`);
}
