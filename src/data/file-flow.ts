import { spec } from '../core/spec.js';
import type { Tensor } from '../core/tensor.js';
import { TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import { checkWhole } from './batch-options.js';
import { PICTURE_EXTENSIONS } from './class-folders.js';
import { convertedPictures } from './converted-pictures.js';
import { type ColorMode, checkColorMode, checkInterpolation, type Interpolation } from './decode.js';
import { ImageFlow, type ImageFlowOptions, type Preparation } from './image-flow.js';
import { PictureArrays } from './picture-arrays.js';
import { CONVERTED_EXTENSIONS, MAX_PIXELS } from './picture-bytes.js';
import { PictureFiles } from './picture-files.js';
import { SAVE_OPTIONS } from './picture-writer.js';
import type { Pictures } from './pictures.js';

export type Subset = 'training' | 'validation';

/** What flows of files have in common. */
export interface FileFlowOptions extends ImageFlowOptions {
  /** Height and width that every picture is brought to. @default [256, 256] */
  targetSize?: readonly [height: number, width: number] | undefined;
  /** @default 'rgb' */
  colorMode?: ColorMode | undefined;
  /** The part that the generator's `validationSplit` sets apart, or the rest. */
  subset?: Subset | undefined;
  /** How pictures of another size are resized. @default 'nearest' */
  interpolation?: Interpolation | undefined;
  /** Whether the middle of a picture is cut out in the shape of `targetSize`, rather than distorted. @default false */
  keepAspectRatio?: boolean | undefined;
  /** Whether to turn photographs (jpg, jpeg) as their EXIF data says, which Keras does not. @default true */
  autoOrient?: boolean | undefined;
  /** Pictures of more pixels are refused by their header, before they are decoded. @default 178,956,970: half a GiB */
  maxPixels?: number | undefined;
  /** `skip` leaves out pictures that cannot be read: each is decoded once before the first pass. @default 'throw' */
  onError?: 'throw' | 'skip' | undefined;
  /** Whether to decode once and keep all pictures in memory, as bytes. @default false */
  cache?: boolean | undefined;
  /** 0 prints nothing. @default 1 */
  verbose?: 0 | 1 | undefined;
}

export const FILE_FLOW_OPTIONS: readonly (keyof FileFlowOptions)[] = [
  'batchSize',
  'shuffle',
  'seed',
  'targetSize',
  'colorMode',
  'subset',
  'interpolation',
  'keepAspectRatio',
  'autoOrient',
  'maxPixels',
  'onError',
  'cache',
  'verbose',
  ...SAVE_OPTIONS,
];

/**
 * What counts as a picture: what the library decodes, and what sharp makes PNGs of, once, in the user's cache folder.
 */
export const FLOW_EXTENSIONS: readonly string[] = [...PICTURE_EXTENSIONS, ...CONVERTED_EXTENSIONS];

/** What a flow of files knows of its pictures. */
export interface FlowFiles<Labels> {
  readonly directory: string;
  /** Where the pictures are. */
  readonly filepaths: readonly string[];
  /** What they are called: below the directory, or in the table. */
  readonly nameOf: (filepath: string) => string;
  readonly labels: Labels;
  readonly classNames: readonly string[];
  /** Paths of files left out because they cannot be read. */
  readonly skipped: readonly string[];
}

/** Batches of pictures that are read from files. */
export class FileFlow<Labels> extends ImageFlow {
  readonly directory: string;
  readonly filepaths: readonly string[];
  readonly classNames: readonly string[];
  /** The index of each class, by name. */
  readonly classIndices: Readonly<Record<string, number>>;
  /** What y is made from, file after file. */
  readonly labels: Labels;
  /** Files left out because they cannot be read, by name. */
  readonly skipped: readonly string[];
  readonly #nameOf: (filepath: string) => string;
  #filenames: readonly string[] | undefined;

  /** @internal */
  constructor(files: FlowFiles<Labels>, ...rest: ConstructorParameters<typeof ImageFlow>) {
    super(...rest);
    this.directory = files.directory;
    this.filepaths = files.filepaths;
    this.classNames = files.classNames;
    this.classIndices = Object.fromEntries(files.classNames.map((name, index) => [name, index]));
    this.labels = files.labels;
    this.skipped = files.skipped.map(files.nameOf);
    this.#nameOf = files.nameOf;
  }

  /** The files by name: relative to the directory, or as the table has them. */
  get filenames(): readonly string[] {
    this.#filenames ??= this.filepaths.map(this.#nameOf);
    return this.#filenames;
  }

  /** The labels, as Keras calls them. */
  get classes(): Labels {
    return this.labels;
  }

  get numClasses(): number {
    return this.classNames.length;
  }
}

/** Where the pictures of a flow are read, and which of them cannot be. */
export interface ReadableFiles {
  /** Place by place of the files: their own, or that of the PNG made of them. */
  readonly places: readonly string[];
  /** Places of files to leave out, by `onError`. */
  readonly bad: ReadonlySet<number>;
}

/**
 * @throws ERR_DATA_EMPTY when none can be read; ERR_DATA_PICTURE, naming a file that cannot be converted
 */
export async function readableFiles(
  where: string,
  files: readonly string[],
  options: FileFlowOptions,
): Promise<ReadableFiles> {
  const { onError = 'throw', maxPixels = MAX_PIXELS } = options;
  checkChoice('onError', onError, ['throw', 'skip']);
  checkWhole('maxPixels', maxPixels, 1);
  const places = await convertedPictures(files, maxPixels, onError);
  if (onError === 'throw') return { places, bad: new Set() };
  const bad = new Set(await pictureFiles({ places, names: files, extras: [] }, options).unreadable());
  if (bad.size < files.length) return { places, bad };
  throw new TensorFlowError('ERR_DATA_EMPTY', `${where}: none of its ${files.length} pictures can be read.`);
}

/** Files of a flow. */
export interface PlacedFiles {
  readonly places: readonly string[];
  /** What errors call them. */
  readonly names: readonly string[];
  /** What belongs to them. */
  readonly extras: readonly Tensor[];
}

/** The pictures of these files as the options want them, from disk or kept in memory. */
export function picturesOf(files: PlacedFiles, options: FileFlowOptions): Pictures {
  const pictures = pictureFiles(files, options);
  if (!options.cache) return pictures;
  const inputs = [spec('uint8', [null, ...pictures.imageShape]), ...pictures.inputs.slice(1)];
  return new PictureArrays(pictures.count, pictures.imageShape, inputs, () => pictures.decodeAll());
}

function pictureFiles({ places, names, extras }: PlacedFiles, options: FileFlowOptions): PictureFiles {
  const { targetSize = [256, 256], colorMode = 'rgb', interpolation = 'nearest', keepAspectRatio = false } = options;
  const { autoOrient = true, maxPixels = MAX_PIXELS } = options;
  for (const side of targetSize) checkWhole('targetSize', side, 1);
  return new PictureFiles({
    files: places,
    names,
    extras,
    targetSize,
    colorMode: checkColorMode(colorMode),
    interpolation: checkInterpolation(interpolation),
    keepAspectRatio,
    autoOrient,
    maxPixels,
  });
}

/** As Keras splits: the first share of `count` is for validation. */
export function inSubset(subset: Subset, validationSplit: number, count: number): (position: number) => boolean {
  const held = Math.floor(validationSplit * count);
  return (position) => position < held === (subset === 'validation');
}

/** The subset itself, if it is one and there is a share for it. */
export function checkSubset(where: string, subset: Subset, validationSplit: number): Subset {
  checkChoice('subset', subset, ['training', 'validation']);
  if (validationSplit > 0) return subset;
  throw new TensorFlowError(
    'ERR_ARGUMENT',
    `${where}: subset '${subset}' needs a share to set apart; give validationSplit to imageDataGenerator.`,
  );
}

export function emptySubset(where: string, subset: Subset, validationSplit: number): TensorFlowError {
  return new TensorFlowError(
    'ERR_DATA_EMPTY',
    `${where}: validationSplit ${validationSplit} leaves no pictures for '${subset}'; choose another share.`,
  );
}

/** Refuses two classes too many or too few for one number between them. */
export function checkBinary(where: string, classMode: string | null, classNames: readonly string[]): void {
  if (classMode !== 'binary' || classNames.length === 2) return;
  throw new TensorFlowError(
    'ERR_LABELS',
    `${where}: classMode 'binary' takes two classes, got ${classNames.length} (${classNames.join(', ')}); use 'categorical' or name two \`classes\`.`,
  );
}

export function reportSkipped({ skipped }: Pick<FileFlow<unknown>, 'skipped'>): void {
  if (skipped.length > 0) console.log(`Skipped ${skipped.length} that cannot be read: ${skipped.join(', ')}`);
}

function checkChoice(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw unknownName(option, value, known);
}

/** What opens a flow of files: its kind adds the rest. */
export interface FlowContext {
  readonly validationSplit: number;
  readonly prepare: (imageShape: ImageFlow['imageShape']) => Preparation;
}
