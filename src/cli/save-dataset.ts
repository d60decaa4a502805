import { cifar10, mnist } from '../data/datasets/index.js';
import type { SavedImages, WriteImagesOptions } from '../data/datasets/save-images.js';
import { unknownName } from '../errors/suggest.js';
import { countingBar } from './counting-bar.js';

export interface SaveDatasetOptions {
  limit?: number;
  archive?: string;
  from?: string;
}

interface Saver {
  /** Where to write, if nobody says. */
  readonly folder: string;
  readonly save: (folder: string, options: SaveDatasetOptions & WriteImagesOptions) => Promise<SavedImages>;
}

const SAVERS: Readonly<Record<string, Saver>> = {
  cifar10: { folder: 'data/cifar_10_images', save: cifar10.saveImages },
  mnist: {
    folder: 'data/mnist_images',
    save: (folder, { from, ...options }) => mnist.saveImages(folder, { ...options, ...(from && { folder: from }) }),
  },
};

/** Writes a public data set as folders of pictures, with a progress bar. */
export async function saveDataset(
  name: string,
  folder: string | undefined,
  options: SaveDatasetOptions,
): Promise<void> {
  const saver = Object.hasOwn(SAVERS, name) ? SAVERS[name] : undefined;
  if (!saver) throw unknownName('data set', name, Object.keys(SAVERS));
  const target = folder ?? saver.folder;
  const bar = countingBar('pictures');
  const { written, kept } = await saver.save(target, { ...options, onProgress: bar.update });
  bar.stop();
  console.log(
    `${target}: ${written.toLocaleString('en-US')} pictures written, ${kept.toLocaleString('en-US')} were there.`,
  );
}
