import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, application } from './application.js';
import { add, type Block, batchNorm, conv, maxPool, pad, relu } from './blocks.js';
import { type Hashes, kernelFiles } from './model-store.js';

/** Channels inside the bottlenecks of the four stacks; what comes out has four times as many. */
const CHANNELS = [64, 128, 256, 512];
const EPSILON = 1.001e-5;

interface BottleneckOptions {
  readonly name: string;
  readonly channels: number;
  readonly stride: number;
  /** Whether what is added is brought to the new shape by a convolution. */
  readonly project: boolean;
}

type Bottleneck = (x: SymbolicTensor, options: BottleneckOptions) => SymbolicTensor;

const norm = (x: SymbolicTensor, name: string): SymbolicTensor => batchNorm(x, { epsilon: EPSILON, name });

/** 1×1, 3×3, 1×1, and what went in added: He et al. 2015. */
function bottleneck(x: SymbolicTensor, { name, channels, stride, project }: BottleneckOptions): SymbolicTensor {
  const step = (from: SymbolicTensor, i: number, filters: number, size: number, strides = 1): SymbolicTensor =>
    norm(conv(from, filters, size, { strides, padding: 'same', name: `${name}_${i}_conv` }), `${name}_${i}_bn`);
  const shortcut = project ? step(x, 0, 4 * channels, 1, stride) : x;
  let y = relu(step(x, 1, channels, 1, stride), `${name}_1_relu`);
  y = relu(step(y, 2, channels, 3), `${name}_2_relu`);
  y = step(y, 3, 4 * channels, 1);
  return relu(add([shortcut, y], `${name}_add`), `${name}_out`);
}

/** Normalised and activated before each convolution, so that what is added stays as it is: He et al. 2016. */
function preactivated(x: SymbolicTensor, { name, channels, stride, project }: BottleneckOptions): SymbolicTensor {
  const active = relu(norm(x, `${name}_preact_bn`), `${name}_preact_relu`);
  const smaller = stride > 1 ? maxPool(x, 1, { strides: stride }) : x;
  const shortcut = project ? conv(active, 4 * channels, 1, { strides: stride, name: `${name}_0_conv` }) : smaller;
  let y = conv(active, channels, 1, { useBias: false, name: `${name}_1_conv` });
  y = pad(relu(norm(y, `${name}_1_bn`), `${name}_1_relu`), 1, `${name}_2_pad`);
  y = conv(y, channels, 3, { strides: stride, useBias: false, name: `${name}_2_conv` });
  y = relu(norm(y, `${name}_2_bn`), `${name}_2_relu`);
  return add([shortcut, conv(y, 4 * channels, 1, { name: `${name}_3_conv` })], `${name}_out`);
}

/** 7×7 and pooling, each at stride 2. */
function stem(x: SymbolicTensor, after: Block): SymbolicTensor {
  const y = after(conv(pad(x, 3, 'conv1_pad'), 64, 7, { strides: 2, name: 'conv1_conv' }));
  return maxPool(pad(y, 1, 'pool1_pad'), 3, { strides: 2, name: 'pool1_pool' });
}

/** Stacks of so many bottlenecks. */
function stacks(x: SymbolicTensor, depths: readonly number[], block: Bottleneck, strideOf: StrideOf): SymbolicTensor {
  return depths.reduce((before, depth, stack) => {
    let y = before;
    for (let i = 1; i <= depth; i++) {
      const [name, channels] = [`conv${stack + 2}_block${i}`, CHANNELS[stack] ?? 0];
      y = block(y, { name, channels, stride: strideOf(stack, i, depth), project: i === 1 });
    }
    return y;
  }, x);
}

/** Stride of a bottleneck in its stack, both counted: stacks from 0, bottlenecks from 1. */
type StrideOf = (stack: number, i: number, depth: number) => number;

function resnet(name: string, depths: readonly number[], hashes: Hashes): Application {
  return application({
    name,
    size: 224,
    minSize: 32,
    style: 'caffe',
    features: (x) => {
      const start = stem(x, (y) => relu(norm(y, 'conv1_bn'), 'conv1_relu'));
      return stacks(start, depths, bottleneck, (stack, i) => (i === 1 && stack > 0 ? 2 : 1));
    },
    files: () => kernelFiles('resnet', name, hashes),
  });
}

function resnetV2(name: string, depths: readonly number[], hashes: Hashes): Application {
  return application({
    name,
    size: 224,
    minSize: 32,
    style: 'tf',
    features: (x) => {
      const y = stacks(
        stem(x, (same) => same),
        depths,
        preactivated,
        (stack, i, depth) => (i === depth && stack < 3 ? 2 : 1),
      );
      return relu(norm(y, 'post_bn'), 'post_relu');
    },
    files: () => kernelFiles('resnet', name, hashes),
  });
}

/**
 * ResNet50 (He et al. 2015, arXiv:1512.03385): 16 bottlenecks of three convolutions.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `resnet50.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 *
 * @example
 * const base = await resnet50({ includeTop: false, pooling: 'avg' });   // [batch, 2048]
 */
export const resnet50 = resnet(
  'resnet50',
  [3, 4, 6, 3],
  ['2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'],
);

/** As {@link resnet50}, with 33 bottlenecks. */
export const resnet101 = resnet(
  'resnet101',
  [3, 4, 23, 3],
  ['f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'],
);

/** As {@link resnet50}, with 50 bottlenecks. */
export const resnet152 = resnet(
  'resnet152',
  [3, 8, 36, 3],
  ['100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'],
);

/**
 * ResNet50V2 (He et al. 2016, arXiv:1603.05027): as {@link resnet50}, normalised and activated before the convolutions.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `resnet50V2.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 */
export const resnet50V2 = resnetV2(
  'resnet50v2',
  [3, 4, 6, 3],
  ['3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'],
);

/** As {@link resnet50V2}, with 33 bottlenecks. */
export const resnet101V2 = resnetV2(
  'resnet101v2',
  [3, 4, 23, 3],
  ['6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'],
);

/** As {@link resnet50V2}, with 50 bottlenecks. */
export const resnet152V2 = resnetV2(
  'resnet152v2',
  [3, 8, 36, 3],
  ['a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'],
);
