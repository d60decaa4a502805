import * as layers from '../layers/index.js';
import type { SymbolicTensor } from '../layers/symbolic.js';
import { type Application, application } from './application.js';
import { conv, maxPool } from './blocks.js';
import { numberedPool, type Top } from './head.js';
import { type Hashes, kernelFiles } from './model-store.js';

/** Channels of the five blocks. */
const CHANNELS = [64, 128, 256, 512, 512];

/** Blocks of so many 3×3 convolutions, each block at half the size of the one before. */
function features(x: SymbolicTensor, depths: readonly number[]): SymbolicTensor {
  return depths.reduce((before, depth, i) => {
    const block = `block${i + 1}`;
    let y = before;
    for (let k = 1; k <= depth; k++) {
      y = conv(y, CHANNELS[i] ?? 0, 3, { activation: 'relu', padding: 'same', name: `${block}_conv${k}` });
    }
    return maxPool(y, 2, { strides: 2, name: `${block}_pool` });
  }, x);
}

const top: Top = (x, { classes, activation }) => {
  let y = layers.flatten({ name: 'flatten' }).apply(x);
  y = layers.dense({ units: 4096, activation: 'relu', name: 'fc1' }).apply(y);
  y = layers.dense({ units: 4096, activation: 'relu', name: 'fc2' }).apply(y);
  return layers.dense({ units: classes, activation, name: 'predictions' }).apply(y);
};

function vgg(name: string, depths: readonly number[], hashes: Hashes): Application {
  return application({
    name,
    size: 224,
    minSize: 32,
    style: 'caffe',
    features: (x) => features(x, depths),
    top: () => top,
    pool: numberedPool,
    files: () => kernelFiles(name, name, hashes),
  });
}

/**
 * VGG16 (Simonyan and Zisserman 2014, arXiv:1409.1556): 13 convolutions of 3×3 and three dense layers.
 *
 * Input shape: `[batch, 224, 224, 3]`, as `vgg16.preprocessInput` makes it. Output shape: `[batch, 1000]`.
 *
 * @example
 * const vgg = await vgg16();
 * const photo = (await image.load('photo.jpg', { targetSize: [224, 224] })).expandDims(0);
 * const scores = await vgg.predict(vgg16.preprocessInput(photo));
 * console.table(decodePredictions(scores)[0]);
 */
export const vgg16 = vgg(
  'vgg16',
  [2, 2, 3, 3, 3],
  ['64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc'],
);

/** VGG19: as {@link vgg16}, with 16 convolutions. */
export const vgg19 = vgg(
  'vgg19',
  [2, 2, 4, 4, 4],
  ['cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6'],
);
