import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, application } from './application.js';
import { averagePool, batchNorm, channelsOf, concatenate, conv, maxPool, pad, relu } from './blocks.js';
import { type Hashes, kernelFiles } from './model-store.js';

/** Channels that each layer adds. */
const GROWTH = 32;

/** Normalised, activated, convolved. */
function step(
  x: SymbolicTensor,
  channels: number,
  kernelSize: number,
  names: [norm: string, relu: string, conv: string],
) {
  const active = relu(batchNorm(x, { epsilon: 1.001e-5, name: names[0] }), names[1]);
  return conv(active, channels, kernelSize, { padding: 'same', useBias: false, name: names[2] });
}

/** Each layer sees the outputs of all before it. */
function denseBlock(x: SymbolicTensor, depth: number, block: string): SymbolicTensor {
  let all = x;
  for (let i = 1; i <= depth; i++) {
    const name = `${block}_block${i}`;
    const narrow = step(all, 4 * GROWTH, 1, [`${name}_0_bn`, `${name}_0_relu`, `${name}_1_conv`]);
    const added = step(narrow, GROWTH, 3, [`${name}_1_bn`, `${name}_1_relu`, `${name}_2_conv`]);
    all = concatenate([all, added], `${name}_concat`);
  }
  return all;
}

/** Half as many channels, half the size. */
function transition(x: SymbolicTensor, name: string): SymbolicTensor {
  const half = step(x, Math.floor(channelsOf(x) / 2), 1, [`${name}_bn`, `${name}_relu`, `${name}_conv`]);
  return averagePool(half, 2, { strides: 2, name: `${name}_pool` });
}

function features(pictures: SymbolicTensor, depths: readonly number[]): SymbolicTensor {
  let x = conv(pad(pictures, 3), 64, 7, { strides: 2, useBias: false, name: 'conv1_conv' });
  x = relu(batchNorm(x, { epsilon: 1.001e-5, name: 'conv1_bn' }), 'conv1_relu');
  x = maxPool(pad(x, 1), 3, { strides: 2, name: 'pool1' });
  for (const [i, depth] of depths.entries()) {
    if (i > 0) x = transition(x, `pool${i + 1}`);
    x = denseBlock(x, depth, `conv${i + 2}`);
  }
  return relu(batchNorm(x, { epsilon: 1.001e-5, name: 'bn' }), 'relu');
}

function densenet(name: string, depths: readonly number[], hashes: Hashes): Application {
  return application({
    name,
    size: 224,
    minSize: 32,
    style: 'torch',
    features: (x) => features(x, depths),
    files: () => kernelFiles('densenet', name, hashes),
  });
}

/**
 * DenseNet121 (Huang et al. 2017, arXiv:1608.06993): every layer of a block sees the outputs of all before it.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `densenet121.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const densenet121 = densenet(
  'densenet121',
  [6, 12, 24, 16],
  ['9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738'],
);

/** As {@link densenet121}, with 82 layers in its blocks. */
export const densenet169 = densenet(
  'densenet169',
  [6, 12, 32, 32],
  ['d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b'],
);

/** As {@link densenet121}, with 98 layers in its blocks. */
export const densenet201 = densenet(
  'densenet201',
  [6, 12, 48, 32],
  ['1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1'],
);
