/**
 * The main job: CIFAR-10 pictures in folders, the chapter's network, augmentation, early stopping, a checkpoint, curves,
 * evaluation and one prediction.
 *
 * npm start                       3 epochs, about two minutes
 * npm start -- --epochs 100       the chapter's whole run, about an hour on two cores
 * npm start -- --data FOLDER      pictures that are there already, in data1/train and data1/valid
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as tf from 'libtensorflow-node';

const { values } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    data: { type: 'string' },
    out: { type: 'string', default: 'data' },
  },
});
const pictures = values.data ?? 'data/cifar_10_images';
const trainDir = join(pictures, 'data1/train');
const validDir = join(pictures, 'data1/valid');
const checkpoint = join(values.out, 'cifar_model.h5');

// Pictures on disk: 40,000 + 8,000 of eight classes in data1, 10,000 + 2,000 of the other two in data2.
if (values.data === undefined) {
  console.log(`Writing CIFAR-10 as pictures to ${pictures} …`);
  await tf.datasets.cifar10.saveImages(pictures);
}

// The first picture of each class, and one more, as a 3×3 grid.
const folders = (await readdir(trainDir)).sort();
const paths = await Promise.all(folders.map((folder) => firstPictures(join(trainDir, folder), 2)));
const grid = join(values.out, 'cifar10.png');
await tf.plots.imageGrid([...paths.map(([first]) => first ?? ''), paths[0]?.[1] ?? ''], { columns: 3, file: grid });
console.log(`Nine of the pictures are in ${grid}.`);

// The network.
const model = tf.sequential();
model.add(
  tf.layers.conv2d({ name: 'conv1', inputShape: [32, 32, 3], filters: 32, kernelSize: [3, 3], padding: 'same' }),
);
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.conv2d({ name: 'conv2', filters: 32, kernelSize: [3, 3], padding: 'same' }));
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.maxPooling2d({ poolSize: [2, 2] }));
model.add(tf.layers.dropout({ rate: 0.25, name: 'drop1' }));
model.add(tf.layers.conv2d({ name: 'conv3', filters: 64, kernelSize: [3, 3], padding: 'same' }));
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.conv2d({ name: 'conv4', filters: 64, kernelSize: [3, 3], padding: 'same' }));
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.maxPooling2d({ poolSize: [2, 2] }));
model.add(tf.layers.dropout({ rate: 0.25, name: 'drop2' }));
model.add(tf.layers.flatten());
model.add(tf.layers.dense({ units: 256 }));
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.dropout({ rate: 0.5 }));
model.add(tf.layers.dense({ units: 256 }));
model.add(tf.layers.activation({ activation: 'relu' }));
model.add(tf.layers.dropout({ rate: 0.5 }));
model.add(tf.layers.dense({ units: 8 }));
model.add(tf.layers.activation({ activation: 'softmax' }));
model.summary();

// Training: from the folders, augmented on the way.
const { history, evaluation } = await tf.train({
  model,
  train: trainDir,
  valid: validDir,
  imageSize: [32, 32],
  batchSize: 50,
  epochs: Number(values.epochs),
  augment: { rotationRange: 15, widthShiftRange: 0.2, heightShiftRange: 0.2, horizontalFlip: true },
  patience: 10,
  checkpoint,
  plot: join(values.out, 'history.png'),
  verbose: 1,
});
console.log(`Trained ${history.epoch.length} epochs; the curves are in ${join(values.out, 'history.png')}.`);
console.log('Evaluation:', evaluation);

// The checkpoint, as another program would use it.
const saved = await tf.loadModel(checkpoint);
const picture = (await firstPictures(join(validDir, folders[0] ?? ''), 1))[0] ?? '';
const x = await tf.image.load(picture, { targetSize: [32, 32], rescale: 1 / 255 });
const probabilities = (await saved.predict(x.expandDims(0))).dataSync() as Float32Array;
const ranked = folders.map((folder, i) => ({
  class: tf.datasets.cifar10.classNames[Number(folder)],
  probability: probabilities[i] ?? 0,
}));
console.log(`${picture} is of class ${tf.datasets.cifar10.classNames[Number(folders[0])]}; the model says:`);
console.table(ranked.sort((a, b) => b.probability - a.probability).slice(0, 3));

async function firstPictures(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(folder)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return names.slice(0, count).map((name) => join(folder, name));
}
