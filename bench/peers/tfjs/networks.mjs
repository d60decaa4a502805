import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitOnArrays, predictArrays } from './arrays.mjs';
import { tf } from './library.mjs';

const PICTURE = [224, 224, 3];
const CLASSES = 1000;

/** Keras' networks, which it has not itself: from files in its format. */
export const NETWORKS = Object.fromEntries(
  ['VGG16', 'ResNet50', 'MobileNetV2'].flatMap((name) => [
    [`predict-${name}`, async (task) => predictArrays(await loaded(task), PICTURE, task)],
    [`train-${name}`, async (task) => fitOnArrays(compiled(await loaded(task)), PICTURE, CLASSES, task)],
  ]),
);

/** From the folder beside the file of weights. Why not by its address: its backends besides tfjs-node open no files. */
export async function loaded({ files }) {
  const folder = files.replace('.weights.h5', '-tfjs');
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const shards = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(join(folder, path)));
  const weightData = Uint8Array.from(Buffer.concat(shards)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

function compiled(model) {
  const optimizer = tf.train.momentum(0.001, 0.9);
  model.compile({ loss: 'categoricalCrossentropy', optimizer, metrics: ['accuracy'] });
  return model;
}
