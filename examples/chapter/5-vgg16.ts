/**
 * Pretrained networks: VGG16's table of layers, and the five classes that a photograph most likely shows.
 *
 *     npx tsx examples/chapter/5-vgg16.ts [--photo FILE] [--vgg16 imagenet|FILE.h5|none]
 *
 * VGG16's weights are 553 MB, fetched once. Where they cannot be had, its table is shown without them, and the photograph
 * is told by EfficientNet-Lite0, if its weights lie beside this checkout.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from 'libtensorflow-node';
import { photo, vgg16Weights } from './options.js';

const REAL = fileURLToPath(new URL('../../../shared/fixtures/real/', import.meta.url));
const picture = photo ?? `${REAL}photos/coffee_224.png`;

const trained = await vgg16(vgg16Weights === 'none' ? null : vgg16Weights);
const vgg = trained ?? (await tf.applications.vgg16({ weights: null }));
vgg.summary();

if (!existsSync(picture)) {
  console.log(`There is no photograph ${picture}; give one with --photo.`);
} else if (trained) {
  const { preprocessInput, inputSize } = tf.applications.vgg16;
  await tell('VGG16', trained, preprocessInput, inputSize);
} else if (existsSync(`${REAL}efficientnet_lite0.h5`)) {
  const { preprocessInput, inputSize } = tf.applications.efficientnetLite0;
  const network = await tf.applications.efficientnetLite0({ weights: `${REAL}efficientnet_lite0.h5` });
  await tell('EfficientNet-Lite0', network, preprocessInput, inputSize, `${REAL}imagenet_class_index.json`);
} else {
  console.log('No weights of any network are at hand, so the photograph stays untold.');
}

/** Undefined where the weights cannot be had. */
async function vgg16(weights: string | null): Promise<tf.Functional | undefined> {
  if (weights === null) return undefined;
  try {
    return await tf.applications.vgg16({ weights, includeTop: true });
  } catch (failure) {
    console.log(`VGG16 stays without trained weights: ${failure instanceof Error ? failure.message : failure}`);
    return undefined;
  }
}

async function tell(
  name: string,
  network: tf.Functional,
  preprocess: tf.applications.PreprocessInput,
  size: number,
  classIndex?: string,
): Promise<void> {
  const x = (await tf.image.load(picture, { targetSize: [size, size] })).expandDims(0);
  const scores = await network.predict(preprocess(x));
  const [best = []] = tf.applications.decodePredictions(scores, { top: 5, ...(classIndex ? { classIndex } : {}) });
  console.log(`What ${name} sees on ${basename(picture)}:`);
  console.table(best.map(({ wnid, name, score }) => ({ wnid, name, score: Number(score.toFixed(4)) })));
}
