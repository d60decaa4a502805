/**
 * Pictures on disk: CIFAR-10 as PNG files, one folder per class, and nine of them as a grid.
 *
 *     npx tsx examples/chapter/1-pictures.ts [--data FOLDER] [--out out/chapter]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from 'libtensorflow-node';
import { data, givenData, out } from './options.js';

if (givenData === undefined) {
  console.log(`Writing CIFAR-10 as pictures to ${data} …`);
  await tf.datasets.cifar10.saveImages(data);
}

for (const set of ['data1/train', 'data1/valid', 'data2/train', 'data2/valid']) {
  const classes = (await readdir(join(data, set))).sort();
  const counts = await Promise.all(classes.map(async (name) => (await readdir(join(data, set, name))).length));
  const total = counts.reduce((a, b) => a + b, 0);
  console.log(`${set}: ${total} pictures of ${classes.length} classes, ${classes.join(' ')}`);
}

const trainDir = join(data, 'data1/train');
const folders = (await readdir(trainDir)).sort();
const firsts = await Promise.all(folders.map((folder) => firstPictures(join(trainDir, folder), 2)));
const paths = [...firsts.map(([first]) => first), ...firsts.map(([, second]) => second)].filter(
  (path) => path !== undefined,
);
const grid = join(out, 'cifar10.png');
await tf.plots.imageGrid(paths.slice(0, 9), { columns: 3, file: grid });
console.log(`Nine of the pictures are in ${grid}.`);

async function firstPictures(folder: string, count: number): Promise<string[]> {
  const names = (await readdir(folder)).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return names.slice(0, count).map((name) => join(folder, name));
}
