import { cifar10 } from '../data/datasets/index.js';
import { unknownName } from '../errors/suggest.js';
import { countingBar } from './counting-bar.js';

const DATASETS = { cifar10 };

/** Writes a public data set as folders of pictures, with a progress bar. */
export async function saveDataset(
  name: string,
  folder: string,
  options: { limit?: number; archive?: string },
): Promise<void> {
  const dataset = Object.hasOwn(DATASETS, name) ? DATASETS[name as keyof typeof DATASETS] : undefined;
  if (!dataset) throw unknownName('data set', name, Object.keys(DATASETS));
  const bar = countingBar('pictures');
  const { written, kept } = await dataset.saveImages(folder, { ...options, onProgress: bar.update });
  bar.stop();
  console.log(
    `${folder}: ${written.toLocaleString('en-US')} pictures written, ${kept.toLocaleString('en-US')} were there.`,
  );
}
