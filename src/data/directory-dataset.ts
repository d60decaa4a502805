import { settings } from '../core/config.js';
import type { Specs } from '../core/function.js';
import type { Output } from '../core/output.js';
import { type Tensor, tensor } from '../core/tensor.js';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import * as ops from '../ops/index.js';
import { checkWhole } from './batch-options.js';
import { filesBelow, listClassFolders, PICTURE_EXTENSIONS } from './class-folders.js';
import { convertedPictures } from './converted-pictures.js';
import { Dataset, type ShuffleOptions } from './dataset.js';
import type { DatasetStep, LeafSpec } from './dataset-step.js';
import { fromTensorSlices, fromTensors } from './dataset-tensors.js';
import { type ColorMode, channelsOf, checkColorMode } from './decode.js';
import { uprightByExif } from './orientation.js';
import { MAX_PIXELS } from './picture-bytes.js';
import { withinLimit } from './picture-header.js';
import {
  checkResizeMethod,
  type ImageSize,
  type ResizeMethod,
  resize,
  resizeWithCrop,
  resizeWithPad,
} from './resize.js';

/** What a label looks like: the number of the class, a one-hot row, 0 or 1 in a row of one, or there is none. */
export type LabelMode = 'int' | 'categorical' | 'binary' | null;

export interface FromDirectoryOptions {
  /** The class of each file: its sub-folder, or numbers in the sorted order of the files; null: there are none. @default 'inferred' */
  labels?: 'inferred' | readonly number[] | null | undefined;
  /** @default 'int' */
  labelMode?: LabelMode | undefined;
  /** The sub-folders to use, in the order of their numbers. @default all, sorted */
  classNames?: readonly string[] | undefined;
  /** Files per batch; null: one by one. @default 32 */
  batchSize?: number | null | undefined;
  /** Whether each pass has an order of its own; else files are sorted. @default true */
  shuffle?: boolean | undefined;
  /** Repeats the order, and tells which files are for validation. @default that of `tf.config`, else drawn */
  seed?: number | undefined;
  /** Share of the files set apart for validation. */
  validationSplit?: number | undefined;
  /** The part to give; `'both'` gives `[training, validation]`. */
  subset?: 'training' | 'validation' | 'both' | undefined;
  /** Whether to enter linked folders. @default false */
  followLinks?: boolean | undefined;
  /** 0 prints nothing. @default 1 */
  verbose?: 0 | 1 | undefined;
}

export interface ImagesFromDirectoryOptions extends FromDirectoryOptions {
  /** @default 'rgb' */
  colorMode?: ColorMode | undefined;
  /** Height and width that every picture is brought to. @default [256, 256] */
  imageSize?: ImageSize | undefined;
  /** How pictures of another size are resized. @default 'bilinear' */
  interpolation?: ResizeMethod | undefined;
  /** Whether to cut off what is beyond the aspect ratio, instead of distorting. @default false */
  cropToAspectRatio?: boolean | undefined;
  /** Whether to fill up with black, instead of distorting. @default false */
  padToAspectRatio?: boolean | undefined;
  /**
   * What counts as a picture, in lower case and without a dot. Files of other formats (webp, avif, tiff, svg) are made
   * PNGs once, by sharp, in the user's cache folder. @default png jpg jpeg bmp gif, as Keras
   */
  extensions?: readonly string[] | undefined;
  /** Whether to turn photographs (jpg, jpeg) as their EXIF data says, which Keras does not. @default true */
  autoOrient?: boolean | undefined;
  /** Height × width of the largest picture to decode. @default 178956970, as Pillow */
  maxPixels?: number | undefined;
}

export interface TextsFromDirectoryOptions extends FromDirectoryOptions {
  /** Bytes of a text; the rest is cut off. @default all */
  maxLength?: number | null | undefined;
}

const OPTIONS: Readonly<Record<keyof FromDirectoryOptions, true>> = {
  labels: true,
  labelMode: true,
  classNames: true,
  batchSize: true,
  shuffle: true,
  seed: true,
  validationSplit: true,
  subset: true,
  followLinks: true,
  verbose: true,
};
const IMAGE_OPTIONS = [
  'colorMode',
  'imageSize',
  'interpolation',
  'cropToAspectRatio',
  'padToAspectRatio',
  'extensions',
  'autoOrient',
  'maxPixels',
];
const LABEL_MODES: readonly LabelMode[] = ['int', 'categorical', 'binary', null];
const SUBSETS = ['training', 'validation', 'both'];

type WithoutLabels = { labels: null } | { labelMode: null };
type Elements<O> = O extends WithoutLabels ? LeafSpec : [LeafSpec, LeafSpec];
/** One data set, or that for training and that for validation. */
export type FromDirectory<O> = O extends { subset: 'both' }
  ? [training: DirectoryDataset<Elements<O>>, validation: DirectoryDataset<Elements<O>>]
  : DirectoryDataset<Elements<O>>;

/** A data set of the files of a folder. */
export class DirectoryDataset<S extends Specs = Specs> extends Dataset<S> {
  /** Names of the classes, by number. */
  readonly classNames: readonly string[];
  /** The files, before any shuffling. */
  readonly filePaths: readonly string[];

  /** @internal */
  constructor(step: DatasetStep<S>, { classNames, files }: Pick<LabelledFiles, 'classNames' | 'files'>) {
    super(step);
    this.classNames = classNames;
    this.filePaths = files;
  }
}

/**
 * Batches of the pictures below a folder, labelled by its sub-folders (Keras' `image_dataset_from_directory`): float32
 * `[n, height, width, channels]` of 0 … 255, and labels. What is for validation is the last part of the files in an order
 * that depends on the seed: give both parts the same one.
 *
 * @throws ERR_DATA_EMPTY when there are no pictures; ERR_LABELS for labels that do not fit; ERR_ARGUMENT for a split
 * without a seed; while running ERR_DATA_PICTURE, naming pictures that cannot be read
 * @example
 * const [train, valid] = await tf.data.imageDatasetFromDirectory('photos', {
 *   validationSplit: 0.2, subset: 'both', seed: 1, imageSize: [180, 180],
 * });
 * await model.fit(train, { validationData: valid });
 */
export async function imageDatasetFromDirectory<const O extends ImagesFromDirectoryOptions = Record<never, never>>(
  directory: string,
  options: O = {} as O,
): Promise<FromDirectory<O>> {
  const { colorMode = 'rgb', imageSize = [256, 256], interpolation = 'bilinear' } = options;
  const { cropToAspectRatio = false, padToAspectRatio = false, ...others } = options;
  const { extensions = PICTURE_EXTENSIONS, autoOrient = true, maxPixels = MAX_PIXELS, ...rest } = others;
  checkWhole('imageDatasetFromDirectory: maxPixels', maxPixels, 1);
  checkOptions('imageDatasetFromDirectory', options, [...Object.keys(OPTIONS), ...IMAGE_OPTIONS]);
  for (const side of imageSize) checkWhole('imageDatasetFromDirectory: imageSize', side, 1);
  if (cropToAspectRatio && padToAspectRatio) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      'imageDatasetFromDirectory: give cropToAspectRatio or padToAspectRatio, not both.',
    );
  }
  const channels = channelsOf(checkColorMode(colorMode));
  const method = checkResizeMethod(interpolation);
  const bring = cropToAspectRatio ? resizeWithCrop : padToAspectRatio ? resizeWithPad : resize;
  const decode = (path: Output) => {
    const contents = withinLimit(ops.readFile(path), ops.constant(maxPixels, 'int64'));
    const decoded = ops.decodeImage(contents, { channels, expandAnimations: false }).setShape([null, null, channels]);
    return autoOrient ? uprightByExif(contents, decoded) : decoded;
  };
  const read = (path: Output) => {
    const picture = bring(decode(path), imageSize, { method });
    return ops.ensureShape(ops.cast(picture, 'float32'), { shape: [...imageSize, channels] });
  };
  const made = await fromDirectory('imageDatasetFromDirectory', directory, rest, extensions, {
    read,
    decode,
    pathsOf: (files) => convertedPictures(files, maxPixels),
  });
  return made as FromDirectory<O>;
}

/**
 * Batches of the texts (`.txt`) below a folder, whole files as strings `[n]`, labelled by its sub-folders (Keras'
 * `text_dataset_from_directory`). As {@link imageDatasetFromDirectory}.
 */
export async function textDatasetFromDirectory<const O extends TextsFromDirectoryOptions = Record<never, never>>(
  directory: string,
  options: O = {} as O,
): Promise<FromDirectory<O>> {
  checkOptions('textDatasetFromDirectory', options, [...Object.keys(OPTIONS), 'maxLength']);
  const { maxLength = null } = options;
  const read = (path: Output) => {
    const text = ops.readFile(path);
    return maxLength === null ? text : ops.substr(text, ops.constant(0, 'int32'), ops.constant(maxLength, 'int32'));
  };
  return (await fromDirectory('textDatasetFromDirectory', directory, options, ['txt'], { read })) as FromDirectory<O>;
}

interface Reading {
  /** An element from its path. */
  read(path: Output): Output;
  /** What of it may fail for one file; undefined: nothing. */
  decode?(path: Output): Output;
  /** Where to read each file, if not there. */
  pathsOf?(files: readonly string[]): Promise<string[]>;
}

interface LabelledFiles {
  readonly files: readonly string[];
  /** The class number of each; undefined: there are no labels. */
  readonly labels: readonly number[] | undefined;
  readonly classNames: readonly string[];
}

async function fromDirectory(
  name: string,
  directory: string,
  options: FromDirectoryOptions,
  extensions: readonly string[],
  reading: Reading,
): Promise<unknown> {
  const { subset, validationSplit, verbose = 1, shuffle = true, seed = settings().seed } = options;
  checkChoices(name, options);
  const listed = await list(directory, options, extensions);
  checkLabels(name, options, listed);
  if (verbose > 0) report(listed);
  const dataset = (files: LabelledFiles, shuffled = shuffle) =>
    datasetOf(files, { ...options, shuffle: shuffled, seed }, reading);
  if (validationSplit === undefined) return dataset(listed);
  const held = Math.floor(validationSplit * listed.files.length);
  const mixed = shuffle && seed !== undefined ? await inOrder(listed, seed) : listed;
  const at = listed.files.length - held;
  const [training, validation] = [part(mixed, 0, at), part(mixed, at, listed.files.length)];
  const empty = [training, validation].find(({ files }) => files.length === 0);
  if (empty) {
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `${name}: a validationSplit of ${validationSplit} leaves a part of the ${listed.files.length} files empty; choose another share.`,
    );
  }
  if (verbose > 0) console.log(`Using ${at} files for training, ${held} for validation.`);
  const parts = {
    training: () => dataset(training),
    validation: () => dataset(validation, subset !== 'both' && shuffle),
  };
  return subset === 'both' ? Promise.all([parts.training(), parts.validation()]) : parts[subset ?? 'training']();
}

async function list(
  directory: string,
  { labels = 'inferred', labelMode = 'int', classNames, followLinks = false }: FromDirectoryOptions,
  extensions: readonly string[],
): Promise<LabelledFiles> {
  if (labels === 'inferred' && labelMode !== null) {
    const found = await listClassFolders(directory, { classes: classNames, followLinks, extensions });
    return { files: found.files, labels: [...found.labels], classNames: found.classNames };
  }
  const files = await filesBelow(directory, { extensions, followLinks });
  if (files.length === 0) {
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `${directory} has no files of the kinds ${extensions.join(', ')}; check the path.`,
    );
  }
  if (labels === null || labels === 'inferred' || labelMode === null)
    return { files, labels: undefined, classNames: [] };
  const names = [...new Set(labels)].sort((a, b) => a - b).map(String);
  return { files, labels, classNames: names };
}

/** Order and parts in which the seed alone has a say. */
async function inOrder({ files, labels, classNames }: LabelledFiles, seed: number): Promise<LabelledFiles> {
  const numbers = fromTensors(tensor(Int32Array.from(files.keys())));
  const [order] = await numbers.unbatch().shuffle(Number.POSITIVE_INFINITY, { seed }).batch(files.length).toArray();
  const indices = [...((order as Tensor<'int32'>).dataSync() as Int32Array)];
  return {
    files: indices.map((index) => files[index] as string),
    labels: labels && indices.map((index) => labels[index] as number),
    classNames,
  };
}

function part({ files, labels, classNames }: LabelledFiles, begin: number, end: number): LabelledFiles {
  return { files: files.slice(begin, end), labels: labels?.slice(begin, end), classNames };
}

async function datasetOf(
  listed: LabelledFiles,
  { batchSize = 32, shuffle = true, seed, labelMode = 'int' }: FromDirectoryOptions & { seed: number | undefined },
  { read, decode, pathsOf = async (files) => [...files] }: Reading,
): Promise<DirectoryDataset> {
  const { files, labels, classNames } = listed;
  const order: ShuffleOptions = seed === undefined ? {} : { seed };
  const places = await pathsOf(files);
  const paths = tensor(places, [files.length], 'string');
  const shuffled = <S extends Specs>(all: Dataset<S>) => (shuffle ? all.shuffle(Number.POSITIVE_INFINITY, order) : all);
  const elements =
    labels === undefined
      ? shuffled(fromTensorSlices(paths)).map((path) => read(path))
      : shuffled(fromTensorSlices([paths, tensor(Int32Array.from(labels))])).map(([path, label]) => [
          read(path),
          labelOf(label, labelMode, classNames.length),
        ]);
  const explaining: DatasetStep = {
    ...elements.step,
    explain: async (failure) => (decode ? naming({ files, places }, decode, failure) : failure),
  };
  const made = new Dataset(explaining);
  const { step } = batchSize === null ? made : made.batch(batchSize);
  return new DirectoryDataset(step, listed);
}

function labelOf(label: Output, mode: LabelMode, classes: number): Output {
  if (mode === 'categorical') return ops.oneHot(label, classes);
  return mode === 'binary' ? ops.expandDims(ops.cast(label, 'float32'), 0) : label;
}

/** How many files an error names. */
const NAMED = 3;

/** The failure, where it is due to files that cannot be decoded, naming them. */
async function naming(
  { files, places }: { files: readonly string[]; places: readonly string[] },
  decode: (path: Output) => Output,
  failure: unknown,
): Promise<unknown> {
  const readable = fromTensorSlices({ path: tensor(places, [files.length], 'string') })
    // Why its largest value: nothing is decoded of which nothing is used.
    .map(({ path }) => ({ path, largest: ops.max(decode(path)) }))
    .ignoreErrors();
  const found = new Set<string>();
  for await (const { path } of readable) found.add(path.array() as string);
  const bad = files.filter((_, i) => !found.has(places[i] as string));
  if (bad.length === 0) return failure;
  const [reason = ''] = messageOf(failure).split('\n');
  const more = bad.length > NAMED ? ` and ${bad.length - NAMED} more` : '';
  return new TensorFlowError(
    'ERR_DATA_PICTURE',
    `${bad.slice(0, NAMED).join(', ')}${more} cannot be read as a picture (${reason}); remove it.`,
    { cause: failure },
  );
}

function checkChoices(
  name: string,
  {
    labelMode = 'int',
    subset,
    validationSplit,
    shuffle = true,
    seed = settings().seed,
    labels = 'inferred',
    classNames,
  }: FromDirectoryOptions,
): void {
  if (!LABEL_MODES.includes(labelMode)) throw unknownName('labelMode', String(labelMode), LABEL_MODES.map(String));
  if (subset !== undefined && !SUBSETS.includes(subset)) throw unknownName('subset', subset, SUBSETS);
  const wrong =
    validationSplit !== undefined && !(validationSplit > 0 && validationSplit < 1)
      ? `validationSplit must lie between 0 and 1, got ${validationSplit}`
      : (subset === undefined) !== (validationSplit === undefined)
        ? 'validationSplit and subset go together'
        : validationSplit !== undefined && shuffle && seed === undefined
          ? 'a split of shuffled files needs a seed, so that the parts do not overlap'
          : classNames && labels !== 'inferred'
            ? "classNames go with labels: 'inferred'"
            : undefined;
  if (wrong) throw new TensorFlowError('ERR_ARGUMENT', `${name}: ${wrong}.`);
}

function checkLabels(name: string, { labelMode = 'int' }: FromDirectoryOptions, listed: LabelledFiles): void {
  const { files, labels, classNames } = listed;
  const wrong =
    labels && labels.length !== files.length
      ? `there are ${labels.length} labels, but ${files.length} files`
      : labels && labelMode === 'binary' && classNames.length !== 2
        ? `labelMode 'binary' takes two classes, got ${classNames.length} (${classNames.join(', ')})`
        : undefined;
  if (wrong) throw new TensorFlowError('ERR_LABELS', `${name}: ${wrong}.`);
}

function report({ files, labels, classNames }: LabelledFiles): void {
  console.log(`Found ${files.length} files${labels ? ` belonging to ${classNames.length} classes` : ''}.`);
}
