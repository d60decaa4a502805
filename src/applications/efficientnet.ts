import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, type ApplicationOptions, application } from './application.js';
import { activate, batchNorm, channelsOf, conv, depthwise, margins, pad, roundChannels } from './blocks.js';
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
import { IMAGENET_DEVIATION } from './preprocess-input.js';

/** Table 1 of the paper: kernel size, blocks, channels, expansion, stride of the first. */
const STAGES = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;
/** Share of the input channels that squeeze-and-excite goes through. */
const SQUEEZE = 0.25;
/** Share of the samples for which the last block would be dropped. */
const DROP = 0.2;

interface Scaling {
  /** Factors of channels and of blocks. */
  readonly width: number;
  readonly depth: number;
  readonly size: number;
  readonly dropout: number;
}

interface BlockOptions {
  readonly name: string;
  readonly kernelSize: number;
  readonly stride: number;
  readonly expansion: number;
  readonly channels: number;
  readonly dropRate: number;
}

const active = (x: SymbolicTensor, name: string, kind: string): SymbolicTensor =>
  activate(batchNorm(x, { name: `${name}bn` }), 'swish', `${name}${kind}`);

function block(x: SymbolicTensor, options: BlockOptions): SymbolicTensor {
  const { name, kernelSize, stride, expansion, channels, dropRate } = options;
  const before = channelsOf(x);
  let y = x;
  if (expansion > 1) {
    y = conv(y, before * expansion, 1, { ...CONV, name: `${name}expand_conv` });
    y = active(y, `${name}expand_`, 'activation');
  }
  if (stride === 2) y = pad(y, margins(y, kernelSize), `${name}dwconv_pad`);
  const padding = stride === 2 ? 'valid' : 'same';
  const details = { strides: stride, padding, useBias: false, depthwiseInitializer: CONV_INITIALIZER };
  y = active(depthwise(y, kernelSize, { ...details, name: `${name}dwconv` }), name, 'activation');
  y = squeezeAndExcite(y, Math.max(1, Math.floor(before * SQUEEZE)), name);
  y = conv(y, channels, 1, { ...CONV, name: `${name}project_conv` });
  y = batchNorm(y, { name: `${name}project_bn` });
  return stride === 1 && before === channels ? residual(y, x, dropRate, name) : y;
}

function stem(pictures: SymbolicTensor, channels: number, weights: string | null): SymbolicTensor {
  let x = layers.rescaling({ scale: 1 / 255 }).apply(pictures);
  x = layers.normalization({ axis: 3 }).apply(x);
  if (weights === 'imagenet') {
    // Why: the weights were trained on pixels divided by the variance, where the layer before divides by its root.
    x = layers.rescaling({ scale: IMAGENET_DEVIATION.map((deviation) => 1 / Math.sqrt(deviation)) }).apply(x);
  }
  x = pad(x, margins(x, 3), 'stem_conv_pad');
  x = conv(x, channels, 3, { ...CONV, strides: 2, padding: 'valid', name: 'stem_conv' });
  return active(x, 'stem_', 'activation');
}

function features(pictures: SymbolicTensor, { width, depth }: Scaling, { weights = 'imagenet' }: ApplicationOptions) {
  const counts = STAGES.map(([, blocks]) => Math.ceil(depth * blocks));
  const total = counts.reduce((a, b) => a + b, 0);
  let x = stem(pictures, roundChannels(32 * width), weights);
  let done = 0;
  for (const [stage, [kernelSize, , channels, expansion, stride]] of STAGES.entries()) {
    for (let i = 0; i < (counts[stage] ?? 0); i++, done++) {
      x = block(x, {
        name: blockName(stage, i),
        kernelSize,
        stride: i === 0 ? stride : 1,
        expansion,
        channels: roundChannels(channels * width),
        dropRate: (DROP * done) / total,
      });
    }
  }
  x = conv(x, roundChannels(1280 * width), 1, { ...CONV, name: 'top_conv' });
  return active(x, 'top_', 'activation');
}

function efficientnet(name: string, scaling: Scaling, hashes: Hashes): Application {
  const { size, dropout } = scaling;
  return application({
    name,
    size,
    minSize: 32,
    style: 'none',
    features: (x, options) => features(x, scaling, options),
    top: () => averageTop({ dropout: { rate: dropout, name: 'top_dropout' }, kernelInitializer: DENSE_INITIALIZER }),
    files: () => plainFiles('keras-applications', name, hashes),
  });
}

/**
 * EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946): found by search; B1 to B7 are wider, deeper, and for larger pictures.
 *
 * Input shape: `[batch, 224, 224, 3]`, pixels from 0 to 255. Output shape: `[batch, 1000]`.
 */
export const efficientnetB0 = efficientnet('efficientnetb0', { width: 1, depth: 1, size: 224, dropout: 0.2 }, [
  '902e53a9f72be733fc0bcb005b3ebbac',
  '50bc09e76180e00e4465e1a485ddc09d',
]);

/** As {@link efficientnetB0}, for 240×240. */
export const efficientnetB1 = efficientnet('efficientnetb1', { width: 1, depth: 1.1, size: 240, dropout: 0.2 }, [
  '1d254153d4ab51201f1646940f018540',
  '74c4e6b3e1f6a1eea24c589628592432',
]);

/** As {@link efficientnetB0}, for 260×260. */
export const efficientnetB2 = efficientnet('efficientnetb2', { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 }, [
  'b15cce36ff4dcbd00b6dd88e7857a6ad',
  '111f8e2ac8aa800a7a99e3239f7bfb39',
]);

/** As {@link efficientnetB0}, for 300×300. */
export const efficientnetB3 = efficientnet('efficientnetb3', { width: 1.2, depth: 1.4, size: 300, dropout: 0.3 }, [
  'ffd1fdc53d0ce67064dc6a9c7960ede0',
  'af6d107764bb5b1abb91932881670226',
]);

/** As {@link efficientnetB0}, for 380×380. */
export const efficientnetB4 = efficientnet('efficientnetb4', { width: 1.4, depth: 1.8, size: 380, dropout: 0.4 }, [
  '18c95ad55216b8f92d7e70b3a046e2fc',
  'ebc24e6d6c33eaebbd558eafbeedf1ba',
]);

/** As {@link efficientnetB0}, for 456×456. */
export const efficientnetB5 = efficientnet('efficientnetb5', { width: 1.6, depth: 2.2, size: 456, dropout: 0.4 }, [
  'ace28f2a6363774853a83a0b21b9421a',
  '38879255a25d3c92d5e44e04ae6cec6f',
]);

/** As {@link efficientnetB0}, for 528×528. */
export const efficientnetB6 = efficientnet('efficientnetb6', { width: 1.8, depth: 2.6, size: 528, dropout: 0.5 }, [
  '165f6e37dce68623721b423839de8be5',
  '9ecce42647a20130c1f39a5d4cb75743',
]);

/** As {@link efficientnetB0}, for 600×600. */
export const efficientnetB7 = efficientnet('efficientnetb7', { width: 2, depth: 3.1, size: 600, dropout: 0.5 }, [
  '8c03f828fec3ef71311cd463b6759d99',
  'cbcfe4450ddf6f3ad90b1b398090fe4a',
]);
