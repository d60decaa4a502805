import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { codeOf, messageOf, TensorFlowError } from '../../../errors/errors.js';
import { concurrently } from '../../concurrently.js';
import { type Cifar10, type Cifar10Options, type ImageSet, load } from './load.js';
import { CHANNELS, PICTURE_BYTES, SIDE } from './records.js';

export type Cifar10Set = 'data1' | 'data2';

export interface SaveImagesOptions extends Cifar10Options {
  /** @default both */
  readonly sets?: readonly Cifar10Set[];
  /** Only the first so many pictures of each class and part. @default all */
  readonly limit?: number;
  /** Called after every hundredth picture, and after the last. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What `saveImages` did. */
export interface SavedImages {
  /** Pictures written. */
  readonly written: number;
  /** Pictures that were there already. */
  readonly kept: number;
}

/** How many classes the first set has; the second has the rest. */
const FIRST_SET_CLASSES = 8;
const PARTS = { train: 'train', valid: 'test' } as const;
const MANIFEST = '.cifar10.json';
const IN_FLIGHT = 8;
const PROGRESS_EVERY = 100;

/** A picture to be written, and its class folder below the folder of its set. */
interface Picture {
  readonly folder: string;
  readonly name: string;
  readonly pixels: Uint8Array;
}

/** What a complete set says of itself in its manifest, which is written last. */
interface Manifest {
  readonly limit: number | null;
  /** Pictures by class folder. */
  readonly folders: Readonly<Record<string, number>>;
}

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
  const { sets = ['data1', 'data2'], limit = Number.POSITIVE_INFINITY, onProgress } = options;
  check(sets, limit);
  const found = await Promise.all(sets.map((set) => complete(join(root, set), limit)));
  const missing = sets.filter((_, index) => found[index] === undefined);
  const kept = found.reduce<number>((sum, pictures = 0) => sum + pictures, 0);
  if (missing.length === 0) return { written: 0, kept };

  const data = await load(options);
  const plans = missing.map((set) => ({ directory: join(root, set), pictures: picturesOf(data, set, limit) }));
  const total = plans.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const counts = { written: 0, kept: 0 };
  const count = (outcome: keyof SavedImages) => {
    counts[outcome]++;
    const done = counts.written + counts.kept;
    if (done % PROGRESS_EVERY === 0 || done === total) onProgress?.({ done, total });
  };
  for (const { directory, pictures } of plans) await writeSet(directory, pictures, limit, count);
  return { written: counts.written, kept: kept + counts.kept };
}

function check(sets: readonly string[], limit: number): void {
  const unknown = sets.find((set) => set !== 'data1' && set !== 'data2');
  if (unknown !== undefined) {
    throw new TensorFlowError(
      'ERR_UNKNOWN_NAME',
      `cifar10.saveImages: sets are expected to be 'data1' or 'data2', got '${unknown}'.`,
    );
  }
  if (!(limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY))) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `cifar10.saveImages: limit is expected to be a whole number of pictures, at least 1, got ${limit}.`,
    );
  }
}

/** The number of pictures of a complete set, or undefined. */
async function complete(directory: string, limit: number): Promise<number | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, MANIFEST), 'utf8')) as Manifest;
    if ((manifest.limit ?? Number.POSITIVE_INFINITY) !== limit) return undefined;
    const folders = Object.entries(manifest.folders);
    const there = await Promise.all(folders.map(async ([folder]) => (await readdir(join(directory, folder))).length));
    if (folders.some(([, expected], index) => (there[index] ?? 0) < expected)) return undefined;
    return folders.reduce((sum, [, expected]) => sum + expected, 0);
  } catch {
    return undefined;
  }
}

function picturesOf(data: Cifar10, set: Cifar10Set, limit: number): Picture[] {
  const order = [...new Set(data.train.labels)];
  const classes = set === 'data1' ? order.slice(0, FIRST_SET_CLASSES) : order.slice(FIRST_SET_CLASSES);
  return Object.entries(PARTS).flatMap(([part, source]) => [...picturesOfPart(part, data[source], classes, limit)]);
}

function* picturesOfPart(part: string, set: ImageSet, classes: readonly number[], limit: number): Generator<Picture> {
  const taken = new Map(classes.map((label) => [label, 0]));
  for (const [index, label] of set.labels.entries()) {
    const before = taken.get(label) ?? limit;
    if (before >= limit) continue;
    taken.set(label, before + 1);
    const pixels = set.images.subarray(index * PICTURE_BYTES, (index + 1) * PICTURE_BYTES);
    yield { folder: join(part, String(label)), name: `${index + 1}.png`, pixels };
  }
}

async function writeSet(
  directory: string,
  pictures: readonly Picture[],
  limit: number,
  count: (outcome: keyof SavedImages) => void,
): Promise<void> {
  const { default: sharp } = await import('sharp');
  const raw = { width: SIDE, height: SIDE, channels: CHANNELS } as const;
  const folders: Record<string, number> = {};
  for (const { folder } of pictures) folders[folder] = (folders[folder] ?? 0) + 1;
  try {
    for (const folder of Object.keys(folders)) await mkdir(join(directory, folder), { recursive: true });
    await concurrently(pictures, IN_FLIGHT, async ({ folder, name, pixels }) => {
      count(await writePicture(join(directory, folder, name), sharp(pixels, { raw })));
    });
    await writeManifest(directory, { limit: Number.isFinite(limit) ? limit : null, folders });
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_WRITABLE',
      `cifar10.saveImages: a picture below ${directory} cannot be written (${codeOf(cause) ?? messageOf(cause)}); make the folder writable, free some space, or choose another one.`,
      { cause },
    );
  }
}

/** Why: written in place, since the manifest vouches for a set as a whole and a half-written picture shows by its size. */
async function writePicture(file: string, picture: Sharp): Promise<keyof SavedImages> {
  const png = await picture.png().toBuffer();
  const found = await stat(file).catch(() => undefined);
  if (found?.size === png.length) return 'kept';
  await writeFile(file, png);
  return 'written';
}

async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const temporary = join(directory, `${MANIFEST}.unfinished-${process.pid}`);
  await writeFile(temporary, JSON.stringify(manifest));
  await rename(temporary, join(directory, MANIFEST));
}
