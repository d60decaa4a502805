import { TensorFlowError } from '../errors/errors.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type ApplicationOptions, application, type Pictures } from './application.js';
import { add, batchNorm, channelsOf, conv, depthwise, margins, pad, relu6, roundChannels } from './blocks.js';
import { averageTop, numberedPool } from './head.js';
import { type StoredFile, storedFile, type WeightFiles } from './model-store.js';

export interface MobilenetV2Options extends ApplicationOptions {
  /** Factor of the number of channels. Trained: 0.35, 0.5, 0.75, 1, 1.3, 1.4. Default 1. */
  alpha?: number;
}

/** Table 2 of the paper: expansion, channels, blocks, stride of the first. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;
const SIZES = [96, 128, 160, 192, 224];
const ALPHAS = [0.35, 0.5, 0.75, 1, 1.3, 1.4];

const norm = (x: SymbolicTensor, name: string): SymbolicTensor =>
  batchNorm(x, { epsilon: 1e-3, momentum: 0.999, name });

interface BlockOptions {
  readonly prefix: string;
  readonly expansion: number;
  readonly channels: number;
  readonly stride: number;
}

/** Widened, one 3×3 for each channel, narrowed; added to what went in where the shape is the same. */
function invertedResidual(x: SymbolicTensor, { prefix, expansion, channels, stride }: BlockOptions): SymbolicTensor {
  let y = x;
  if (expansion > 1) {
    y = conv(y, expansion * channelsOf(x), 1, { padding: 'same', useBias: false, name: `${prefix}expand` });
    y = relu6(norm(y, `${prefix}expand_BN`), `${prefix}expand_relu`);
  }
  if (stride === 2) y = pad(y, margins(y, 3), `${prefix}pad`);
  const padding = stride === 1 ? 'same' : 'valid';
  y = depthwise(y, 3, { strides: stride, useBias: false, padding, name: `${prefix}depthwise` });
  y = relu6(norm(y, `${prefix}depthwise_BN`), `${prefix}depthwise_relu`);
  y = conv(y, channels, 1, { padding: 'same', useBias: false, name: `${prefix}project` });
  y = norm(y, `${prefix}project_BN`);
  return stride === 1 && channelsOf(x) === channels ? add([x, y], `${prefix}add`) : y;
}

function features(pictures: SymbolicTensor, { alpha = 1 }: MobilenetV2Options): SymbolicTensor {
  let x = conv(pictures, roundChannels(32 * alpha), 3, { strides: 2, padding: 'same', useBias: false, name: 'Conv1' });
  x = relu6(norm(x, 'bn_Conv1'), 'Conv1_relu');
  let block = 0;
  for (const [expansion, channels, count, stride] of STAGES) {
    for (let i = 0; i < count; i++, block++) {
      x = invertedResidual(x, {
        prefix: block === 0 ? 'expanded_conv_' : `block_${block}_`,
        expansion,
        channels: roundChannels(Math.floor(channels * alpha)),
        stride: i === 0 ? stride : 1,
      });
    }
  }
  // Why not narrower: the paper leaves the last layer as it is.
  x = conv(x, alpha > 1 ? roundChannels(1280 * alpha) : 1280, 1, { useBias: false, name: 'Conv_1' });
  return relu6(norm(x, 'Conv_1_bn'), 'out_relu');
}

function files({ alpha = 1 }: MobilenetV2Options, { size }: Pictures): WeightFiles {
  if (!ALPHAS.includes(alpha)) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `mobilenetV2: there are weights for alpha ${ALPHAS.join(', ')}, got ${alpha}; give weights: null for another one.`,
    );
  }
  const name = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${pythonFloat(alpha)}_${size}`;
  const file = (end: string): StoredFile => storedFile(`tensorflow/keras-applications/mobilenet_v2/${name}${end}.h5`);
  return { whole: file(''), headless: file('_no_top') };
}

/** `1.0`, `0.35` */
export function pythonFloat(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/**
 * MobileNetV2 (Sandler et al. 2018, arXiv:1801.04381): inverted residual blocks.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `mobilenetV2.preprocessInput` makes it; trained also for 96, 128, 160 and 192.
 * Output shape: `[batch, 1000]`.
 *
 * @example
 * const base = await mobilenetV2({ inputShape: [96, 96, 3], includeTop: false, pooling: 'avg' });   // [batch, 1280]
 */
export const mobilenetV2 = application<MobilenetV2Options>({
  name: 'mobilenetV2',
  modelName: ({ alpha = 1 }, { shape }) => `mobilenetv2_${alpha.toFixed(2)}_${shape[0] ?? 'None'}`,
  size: 224,
  sizes: SIZES,
  minSize: 32,
  style: 'tf',
  optionNames: ['alpha'],
  features,
  top: () => averageTop({ pool: null }),
  pool: numberedPool,
  files,
});
