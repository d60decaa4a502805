import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sharp } from 'sharp';
import { codeOf, messageOf, TensorFlowError } from '../../errors/errors.js';
import { concurrently } from '../concurrently.js';

/** What can be chosen of any data set that is written as pictures. */
export interface WriteImagesOptions {
  /** Only the first so many pictures of each class and part. @default all */
  readonly limit?: number | undefined;
  /** Called after every hundredth picture, and after the last. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** What `saveImages` did. */
export interface SavedImages {
  /** Pictures written. */
  readonly written: number;
  /** Pictures that were there already. */
  readonly kept: number;
}

/** A folder that is complete or not, as a whole: it has class folders in `train` and `valid`. */
export interface PictureSet<Data> {
  readonly directory: string;
  /** The labels that belong to this set. */
  readonly classesOf: (data: Data) => readonly number[];
}

/** Pictures of one size with their labels. */
export interface LabelledPixels {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** `[pictures, height, width]`, and channels where there are several. */
  readonly shape: readonly number[];
}

/** A data set of two parts. */
export interface Parts {
  readonly train: LabelledPixels;
  readonly test: LabelledPixels;
}

/** A data set as its `saveImages` writes it. */
export interface PictureSource<Data extends Parts> {
  /** For errors, and for the name of the manifest. */
  readonly name: string;
  readonly sets: readonly PictureSet<Data>[];
  /** Called when a set is not complete. */
  readonly load: () => Promise<Data>;
}

const PARTS = { train: 'train', valid: 'test' } as const;
const IN_FLIGHT = 8;
const PROGRESS_EVERY = 100;

/** A picture to be written, and its class folder below the folder of its set. */
interface Picture {
  readonly folder: string;
  readonly name: string;
  readonly pixels: Uint8Array;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 1 | 3 };
}

/** What a complete set says of itself in its manifest, which is written last. */
interface Manifest {
  readonly limit: number | null;
  /** Pictures by class folder. */
  readonly folders: Readonly<Record<string, number>>;
}

interface Writing {
  readonly name: string;
  readonly limit: number;
  readonly count: (outcome: keyof SavedImages) => void;
}

/**
 * Writes the sets as PNG files, `<directory>/{train,valid}/<label>/<index>.png`, where `valid` is the test part and the
 * index counts from 1 through the whole part. A set that is complete is recognised by its manifest; one that is not is
 * completed, and the pictures that are there already are kept. Nothing is ever deleted.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE` when a picture cannot be written, `ERR_ARGUMENT`, and the errors of `load`.
 */
export async function writeImages<Data extends Parts>(
  { name, sets, load }: PictureSource<Data>,
  { limit = Number.POSITIVE_INFINITY, onProgress }: WriteImagesOptions,
): Promise<SavedImages> {
  checkLimit(name, limit);
  const found = await Promise.all(sets.map(({ directory }) => complete(directory, name, limit)));
  const missing = sets.filter((_, index) => found[index] === undefined);
  const kept = found.reduce<number>((sum, pictures = 0) => sum + pictures, 0);
  if (missing.length === 0) return { written: 0, kept };

  const data = await load();
  const plans = missing.map(({ directory, classesOf }) => ({
    directory,
    pictures: Object.entries(PARTS).flatMap(([part, source]) => [
      ...picturesOfPart(part, data[source], classesOf(data), limit),
    ]),
  }));
  const total = plans.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const counts = { written: 0, kept: 0 };
  const count = (outcome: keyof SavedImages) => {
    counts[outcome]++;
    const done = counts.written + counts.kept;
    if (done % PROGRESS_EVERY === 0 || done === total) onProgress?.({ done, total });
  };
  for (const { directory, pictures } of plans) await writeSet(directory, pictures, { name, limit, count });
  return { written: counts.written, kept: kept + counts.kept };
}

function manifestOf(name: string): string {
  return `.${name}.json`;
}

function checkLimit(name: string, limit: number): void {
  if (limit >= 1 && (Number.isInteger(limit) || limit === Number.POSITIVE_INFINITY)) return;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${name}.saveImages: limit is expected to be a whole number of pictures, at least 1, got ${limit}.`,
  );
}

/** The number of pictures of a complete set, or undefined. */
async function complete(directory: string, name: string, limit: number): Promise<number | undefined> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, manifestOf(name)), 'utf8')) as Manifest;
    if ((manifest.limit ?? Number.POSITIVE_INFINITY) !== limit) return undefined;
    const folders = Object.entries(manifest.folders);
    const there = await Promise.all(folders.map(async ([folder]) => (await readdir(join(directory, folder))).length));
    if (folders.some(([, expected], index) => (there[index] ?? 0) < expected)) return undefined;
    return folders.reduce((sum, [, expected]) => sum + expected, 0);
  } catch {
    return undefined;
  }
}

function* picturesOfPart(
  part: string,
  { images, labels, shape }: LabelledPixels,
  classes: readonly number[],
  limit: number,
): Generator<Picture> {
  const [, height = 0, width = 0, channels = 1] = shape;
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const bytes = height * width * channels;
  const taken = new Map(classes.map((label) => [label, 0]));
  for (const [index, label] of labels.entries()) {
    const before = taken.get(label) ?? limit;
    if (before >= limit) continue;
    taken.set(label, before + 1);
    const pixels = images.subarray(index * bytes, (index + 1) * bytes);
    yield { folder: join(part, String(label)), name: `${index + 1}.png`, pixels, raw };
  }
}

async function writeSet(directory: string, pictures: readonly Picture[], { name, limit, count }: Writing) {
  const { default: sharp } = await import('sharp');
  const folders: Record<string, number> = {};
  for (const { folder } of pictures) folders[folder] = (folders[folder] ?? 0) + 1;
  try {
    for (const folder of Object.keys(folders)) await mkdir(join(directory, folder), { recursive: true });
    await concurrently(pictures, IN_FLIGHT, async ({ folder, name, pixels, raw }) => {
      count(await writePicture(join(directory, folder, name), sharp(pixels, { raw })));
    });
    await writeManifest(join(directory, manifestOf(name)), { limit: Number.isFinite(limit) ? limit : null, folders });
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_WRITABLE',
      `${name}.saveImages: a picture below ${directory} cannot be written (${codeOf(cause) ?? messageOf(cause)}); make the folder writable, free some space, or choose another one.`,
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

async function writeManifest(file: string, manifest: Manifest): Promise<void> {
  const temporary = `${file}.unfinished-${process.pid}`;
  await writeFile(temporary, JSON.stringify(manifest));
  await rename(temporary, file);
}
