import type { SymbolicTensor } from '../layers/symbolic.js';
import { application } from './application.js';
import { add, batchNorm, channelsOf, conv, depthwise, relu6 } from './blocks.js';
import { averageTop } from './head.js';

/** Blocks, kernel size, stride of the first, expansion, channels: B0's, all of them. */
const STAGES = [
  [1, 3, 1, 1, 16],
  [2, 3, 2, 6, 24],
  [2, 5, 2, 6, 40],
  [3, 3, 2, 6, 80],
  [3, 5, 1, 6, 112],
  [4, 5, 2, 6, 192],
  [1, 3, 1, 6, 320],
] as const;

interface BlockOptions {
  readonly name: string;
  readonly kernelSize: number;
  readonly stride: number;
  readonly expansion: number;
  readonly channels: number;
}

const active = (x: SymbolicTensor, name: string): SymbolicTensor =>
  relu6(batchNorm(x, { name: `${name}_bn` }), `${name}_relu6`);

/** Widened, one kernel for each channel, narrowed; added to what went in where the shape is the same. */
function block(x: SymbolicTensor, { name, kernelSize, stride, expansion, channels }: BlockOptions): SymbolicTensor {
  const details = { padding: 'same', useBias: false } as const;
  let y = x;
  if (expansion > 1) {
    y = active(conv(y, expansion * channelsOf(x), 1, { ...details, name: `${name}_expand_conv` }), `${name}_expand`);
  }
  y = active(depthwise(y, kernelSize, { ...details, strides: stride, name: `${name}_dwconv` }), `${name}_dw`);
  y = conv(y, channels, 1, { ...details, name: `${name}_project_conv` });
  y = batchNorm(y, { name: `${name}_project_bn` });
  return stride === 1 && channelsOf(x) === channels ? add([y, x], `${name}_add`) : y;
}

function features(pictures: SymbolicTensor): SymbolicTensor {
  const details = { padding: 'same', useBias: false } as const;
  let x = active(conv(pictures, 32, 3, { ...details, strides: 2, name: 'stem_conv' }), 'stem');
  for (const [stage, [count, kernelSize, stride, expansion, channels]] of STAGES.entries()) {
    for (let i = 0; i < count; i++) {
      const name = `block${stage + 1}${'abcd'[i]}`;
      x = block(x, { name, kernelSize, stride: i === 0 ? stride : 1, expansion, channels });
    }
  }
  return active(conv(x, 1280, 1, { ...details, name: 'head_conv' }), 'head');
}

/**
 * EfficientNet-Lite0: EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946) without squeeze-and-excite, and with ReLU6 in
 * place of swish. It is not in Keras' model store: `weights` is the path of a file, or null.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `efficientnetLite0.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 *
 * @example
 * const net = await efficientnetLite0({ weights: 'efficientnet_lite0.h5' });
 */
export const efficientnetLite0 = application({
  name: 'efficientnet_lite0',
  size: 224,
  minSize: 32,
  style: 'lite',
  features,
  top: () => averageTop({ dropout: { rate: 0.2, name: 'head_dropout' } }),
});
