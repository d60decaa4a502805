import { join } from 'node:path';
import { TensorFlowError } from '../../../errors/errors.js';
import { type SavedImages, type WriteImagesOptions, writeImages } from '../save-images.js';
import { type Cifar10, type Cifar10Options, load } from './load.js';

export type Cifar10Set = 'data1' | 'data2';

export interface SaveImagesOptions extends Cifar10Options, WriteImagesOptions {
  /** @default both */
  readonly sets?: readonly Cifar10Set[];
}

/** How many classes the first set has; the second has the rest. */
const FIRST_SET_CLASSES = 8;

/**
 * Writes CIFAR-10 as PNG files, 60,000 of them, in folders that `flowFromDirectory` reads:
 * `<root>/<set>/{train,valid}/<label>/<index>.png`. Set `data1` has the first eight classes in order of first
 * appearance in the training labels (6 9 4 1 2 7 8 3), `data2` the other two (5 0); `train` is the training set, `valid`
 * the test set. The index counts from 1 through that whole set, so `data1/train/6/1.png` is CIFAR-10's very first picture.
 *
 * A set that is complete is recognised by its manifest; one that is not is completed, and the pictures that are there
 * already are kept. Nothing is ever deleted.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE` when a picture cannot be written, `ERR_ARGUMENT`, `ERR_UNKNOWN_NAME`, and the
 *   errors of `load`.
 * @example
 * await tf.datasets.cifar10.saveImages('data/cifar_10_images');
 */
export async function saveImages(root: string, options: SaveImagesOptions = {}): Promise<SavedImages> {
  const { sets = ['data1', 'data2'] } = options;
  checkSets(sets);
  const pictureSets = sets.map((set) => ({
    directory: join(root, set),
    classesOf: (data: Cifar10) => classesOf(data, set),
  }));
  return writeImages({ name: 'cifar10', sets: pictureSets, load: () => load(options) }, options);
}

function checkSets(sets: readonly string[]): void {
  const unknown = sets.find((set) => set !== 'data1' && set !== 'data2');
  if (unknown === undefined) return;
  throw new TensorFlowError(
    'ERR_UNKNOWN_NAME',
    `cifar10.saveImages: sets are expected to be 'data1' or 'data2', got '${unknown}'.`,
  );
}

function classesOf(data: Cifar10, set: Cifar10Set): number[] {
  const order = [...new Set(data.train.labels)];
  return set === 'data1' ? order.slice(0, FIRST_SET_CLASSES) : order.slice(FIRST_SET_CLASSES);
}
