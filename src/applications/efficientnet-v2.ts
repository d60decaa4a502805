import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, type ApplicationOptions, application } from './application.js';
import { activate, batchNorm, channelsOf, conv, depthwise } from './blocks.js';
import {
  blockName,
  CONV,
  CONV_INITIALIZER,
  DENSE_INITIALIZER,
  residual,
  squeezeAndExcite,
} from './efficientnet-parts.js';
import { averageTop } from './head.js';
import { type Hashes, plainFiles } from './model-store.js';
import { IMAGENET_DEVIATION, IMAGENET_MEAN } from './preprocess-input.js';

export interface EfficientnetV2Options extends ApplicationOptions {
  /** Whether the network itself prepares pixels from 0 to 255. Default true. */
  includePreprocessing?: boolean;
}

/** Of a stage: whether 3×3 convolutions widen (`fused`) or 1×1, blocks, channels before and after, expansion, stride. */
type Stage = readonly [
  kind: 'fused' | 'deep',
  blocks: number,
  before: number,
  after: number,
  expansion: number,
  stride: number,
];

/** Table 4 of the paper. */
const S: readonly Stage[] = [
  ['fused', 2, 24, 24, 1, 1],
  ['fused', 4, 24, 48, 4, 2],
  ['fused', 4, 48, 64, 4, 2],
  ['deep', 6, 64, 128, 4, 2],
  ['deep', 9, 128, 160, 6, 1],
  ['deep', 15, 160, 256, 6, 2],
];

const M: readonly Stage[] = [
  ['fused', 3, 24, 24, 1, 1],
  ['fused', 5, 24, 48, 4, 2],
  ['fused', 5, 48, 80, 4, 2],
  ['deep', 7, 80, 160, 4, 2],
  ['deep', 14, 160, 176, 6, 1],
  ['deep', 18, 176, 304, 6, 2],
  ['deep', 5, 304, 512, 6, 1],
];

const L: readonly Stage[] = [
  ['fused', 4, 32, 32, 1, 1],
  ['fused', 7, 32, 64, 4, 2],
  ['fused', 7, 64, 96, 4, 2],
  ['deep', 10, 96, 192, 4, 2],
  ['deep', 19, 192, 224, 6, 1],
  ['deep', 25, 224, 384, 6, 2],
  ['deep', 7, 384, 640, 6, 1],
];

const B: readonly Stage[] = [
  ['fused', 1, 32, 16, 1, 1],
  ['fused', 2, 16, 32, 4, 2],
  ['fused', 2, 32, 48, 4, 2],
  ['deep', 3, 48, 96, 4, 2],
  ['deep', 5, 96, 112, 6, 1],
  ['deep', 8, 112, 192, 6, 2],
];

/** Share of the input channels that squeeze-and-excite goes through. */
const SQUEEZE = 0.25;
/** Share of the samples for which the last block would be dropped. */
const DROP = 0.2;

interface Variant {
  readonly stages: readonly Stage[];
  readonly size: number;
  /** Factors of channels and of blocks. */
  readonly width?: number;
  readonly depth?: number;
}

interface BlockOptions {
  readonly name: string;
  readonly channels: number;
  readonly expansion: number;
  readonly stride: number;
  readonly dropRate: number;
}

type Block = (x: SymbolicTensor, options: BlockOptions) => SymbolicTensor;

const norm = (x: SymbolicTensor, name: string): SymbolicTensor => batchNorm(x, { momentum: 0.9, name: `${name}bn` });
const active = (x: SymbolicTensor, name: string): SymbolicTensor =>
  activate(norm(x, name), 'swish', `${name}activation`);

/** Widened by 1×1, one 3×3 for each channel, squeeze-and-excite, narrowed. */
function deepBlock(x: SymbolicTensor, { name, channels, expansion, stride, dropRate }: BlockOptions): SymbolicTensor {
  const before = channelsOf(x);
  let y = active(conv(x, before * expansion, 1, { ...CONV, name: `${name}expand_conv` }), `${name}expand_`);
  const details = { strides: stride, padding: 'same', useBias: false, depthwiseInitializer: CONV_INITIALIZER };
  y = active(depthwise(y, 3, { ...details, name: `${name}dwconv2` }), name);
  y = squeezeAndExcite(y, Math.max(1, Math.floor(before * SQUEEZE)), name);
  y = norm(conv(y, channels, 1, { ...CONV, name: `${name}project_conv` }), `${name}project_`);
  return stride === 1 && before === channels ? residual(y, x, dropRate, name) : y;
}

/** Widened by 3×3 and narrowed; without widening, the 3×3 alone. */
function fusedBlock(x: SymbolicTensor, { name, channels, expansion, stride, dropRate }: BlockOptions): SymbolicTensor {
  const before = channelsOf(x);
  let y: SymbolicTensor;
  if (expansion > 1) {
    const wide = conv(x, before * expansion, 3, { ...CONV, strides: stride, name: `${name}expand_conv` });
    y = conv(active(wide, `${name}expand_`), channels, 1, { ...CONV, name: `${name}project_conv` });
    y = norm(y, `${name}project_`);
  } else {
    y = active(conv(x, channels, 3, { ...CONV, strides: stride, name: `${name}project_conv` }), `${name}project_`);
  }
  return stride === 1 && before === channels ? residual(y, x, dropRate, name) : y;
}

const BLOCKS: Readonly<Record<Stage[0], Block>> = { fused: fusedBlock, deep: deepBlock };

/** Pixels as the networks were trained on: B0 to B3 on normalised ones, S, M and L on −1 to 1. */
function prepared(pictures: SymbolicTensor, stages: readonly Stage[]): SymbolicTensor {
  if (stages !== B || channelsOf(pictures) !== 3) {
    return layers.rescaling({ scale: 1 / 128, offset: -1 }).apply(pictures);
  }
  const x = layers.rescaling({ scale: 1 / 255 }).apply(pictures);
  const variance = IMAGENET_DEVIATION.map((deviation) => deviation ** 2);
  return layers.normalization({ mean: IMAGENET_MEAN, variance, axis: 3 }).apply(x);
}

function features(pictures: SymbolicTensor, { stages, width = 1, depth = 1 }: Variant, options: EfficientnetV2Options) {
  // Why not as in EfficientNet: here a width that was rounded down may lose more than a tenth.
  const round = (channels: number): number => Math.max(8, Math.floor(Math.floor(channels * width + 4) / 8) * 8);
  const total = stages.reduce((sum, [, blocks]) => sum + blocks, 0);
  let x = options.includePreprocessing === false ? pictures : prepared(pictures, stages);
  x = active(conv(x, round(stages[0]?.[2] ?? 0), 3, { ...CONV, strides: 2, name: 'stem_conv' }), 'stem_');
  let done = 0;
  for (const [stage, [kind, blocks, , channels, expansion, stride]] of stages.entries()) {
    for (let i = 0; i < Math.ceil(depth * blocks); i++, done++) {
      x = BLOCKS[kind](x, {
        name: blockName(stage, i),
        channels: round(channels),
        expansion,
        stride: i === 0 ? stride : 1,
        dropRate: (DROP * done) / total,
      });
    }
  }
  return active(conv(x, round(1280), 1, { ...CONV, name: 'top_conv' }), 'top_');
}

function efficientnetV2(name: string, variant: Variant, hashes: Hashes): Application<EfficientnetV2Options> {
  return application<EfficientnetV2Options>({
    name,
    size: variant.size,
    minSize: 32,
    style: 'none',
    optionNames: ['includePreprocessing'],
    features: (x, options) => features(x, variant, options),
    top: () => averageTop({ dropout: { rate: 0.2, name: 'top_dropout' }, kernelInitializer: DENSE_INITIALIZER }),
    files: () => plainFiles('tensorflow/keras-applications/efficientnet_v2', name, hashes),
  });
}

/**
 * EfficientNetV2-B0 (Tan and Le 2021, arXiv:2104.00298): EfficientNet with 3×3 convolutions where pictures are large.
 *
 * Input shape: `[batch, 224, 224, 3]`, pixels from 0 to 255. Output shape: `[batch, 1000]`.
 */
export const efficientnetV2B0 = efficientnetV2('efficientnetv2-b0', { stages: B, size: 224 }, [
  '21ecbf6da12460d5c40bb2f29ceb2188',
  '893217f2bb855e2983157299931e43ff',
]);

/** As {@link efficientnetV2B0}, for 240×240. */
export const efficientnetV2B1 = efficientnetV2('efficientnetv2-b1', { stages: B, size: 240, depth: 1.1 }, [
  '069f0534ff22adf035c89e2d9547a9dc',
  '0e80663031ca32d657f9caa404b6ec37',
]);

/** As {@link efficientnetV2B0}, for 260×260. */
export const efficientnetV2B2 = efficientnetV2('efficientnetv2-b2', { stages: B, size: 260, width: 1.1, depth: 1.2 }, [
  '424e49f28180edbde1e94797771950a7',
  '1dfe2e7a5d45b6632553a8961ea609eb',
]);

/** As {@link efficientnetV2B0}, for 300×300. */
export const efficientnetV2B3 = efficientnetV2('efficientnetv2-b3', { stages: B, size: 300, width: 1.2, depth: 1.4 }, [
  '1f1fc43bd98a6e4fd8fdfd551e02c7a0',
  'f6abf7b5849ac99a89b50dd3fd532856',
]);

/** As {@link efficientnetV2B0}, for 384×384. */
export const efficientnetV2S = efficientnetV2('efficientnetv2-s', { stages: S, size: 384 }, [
  'e1d88a8495beba45748fedd0cecbe016',
  'af0682fb74e8c54910f2d4393339c070',
]);

/** As {@link efficientnetV2B0}, for 480×480. */
export const efficientnetV2M = efficientnetV2('efficientnetv2-m', { stages: M, size: 480 }, [
  'a3bf6aa3276309f4fc6a34aa114c95cd',
  '1b8dc055df72dde80d614482840fe342',
]);

/** As {@link efficientnetV2M}, larger. */
export const efficientnetV2L = efficientnetV2('efficientnetv2-l', { stages: L, size: 480 }, [
  '27e6d408b53c7ebc868fefa357689935',
  'b0b66b5c863aef5b46e8608fe1711615',
]);
