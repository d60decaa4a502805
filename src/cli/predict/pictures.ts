import { stat } from 'node:fs/promises';
import type { Tensor } from '../../core/tensor.js';
import { listClassFolders } from '../../data/class-folders.js';
import * as image from '../../data/image.js';
import { loadModel } from '../../saving/load-model.js';
import { pictureSize } from '../folder-flow.js';

/** Prints one line per picture: its most probable classes. */
export async function predictPictures(
  path: string,
  pictures: readonly string[],
  { classes, top }: { classes?: string; top: number },
): Promise<void> {
  using model = await loadModel(path);
  const targetSize = pictureSize(model);
  const names = classes === undefined ? undefined : await classNames(classes);
  for (const picture of pictures) {
    const x = await image.load(picture, { targetSize, rescale: 1 / 255 });
    const scores = await model.predict(x.expandDims(0));
    console.log(`${picture}: ${best(scores, top, names).join(', ')}`);
  }
}

/** @param given names separated by commas, or a folder with one sub-folder per class */
export async function classNames(given: string): Promise<string[]> {
  const isFolder = (await stat(given).catch(() => undefined))?.isDirectory();
  return isFolder ? (await listClassFolders(given)).classNames : given.split(',').map((name) => name.trim());
}

function best(scores: Tensor, top: number, names: readonly string[] | undefined): string[] {
  const values = Array.from(scores.dataSync() as Float32Array);
  const order = values.map((_, i) => i).sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0));
  return order.slice(0, top).map((i) => `${names?.[i] ?? i} ${((values[i] ?? 0) * 100).toFixed(1)} %`);
}
