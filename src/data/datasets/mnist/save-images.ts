import { type SavedImages, type WriteImagesOptions, writeImages } from '../save-images.js';
import { classNames, load, type MnistOptions } from './load.js';

export interface SaveImagesOptions extends MnistOptions, WriteImagesOptions {}

/**
 * Writes MNIST as grey PNG files, 70,000 of them, in folders that `flowFromDirectory` reads:
 * `<directory>/{train,valid}/<digit>/<index>.png`; `train` is the training set, `valid` the test set. The index counts
 * from 1 through that whole set, so `train/5/1.png` is MNIST's very first picture.
 *
 * A folder that is complete is recognised by its manifest; one that is not is completed, and the pictures that are there
 * already are kept. Nothing is ever deleted.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE` when a picture cannot be written, `ERR_ARGUMENT`, and the errors of `load`.
 * @example
 * await tf.datasets.mnist.saveImages('data/mnist_images');
 * const flow = await tf.data.imageDataGenerator({ rescale: 1 / 255 }).flowFromDirectory('data/mnist_images/train', {
 *   targetSize: [28, 28],
 *   colorMode: 'grayscale',
 * });
 */
export async function saveImages(directory: string, options: SaveImagesOptions = {}): Promise<SavedImages> {
  const digits = classNames.map(Number);
  return writeImages(
    { name: 'mnist', sets: [{ directory, classesOf: () => digits }], load: () => load(options) },
    options,
  );
}
