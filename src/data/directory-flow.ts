import { relative } from 'node:path';
import { spec } from '../core/program.js';
import { TensorFlowError } from '../errors/errors.js';
import { checkOptions, unknownName } from '../errors/suggest.js';
import type { BatchOptions } from './batch-options.js';
import { type ClassFolders, listClassFolders } from './class-folders.js';
import { type ClassMode, targetOf } from './class-mode.js';
import { type ColorMode, checkColorMode, checkInterpolation, type Interpolation } from './decode.js';
import { ImageFlow, type Preparation } from './image-flow.js';
import { PictureArrays } from './picture-arrays.js';
import { PictureFiles } from './picture-files.js';
import type { Pictures } from './pictures.js';

export type Subset = 'training' | 'validation';

export interface DirectoryFlowOptions extends BatchOptions {
  /** Height and width that every picture is brought to. @default [256, 256] */
  targetSize?: readonly [height: number, width: number] | undefined;
  /** @default 'rgb' */
  colorMode?: ColorMode | undefined;
  /** Sub-folders to use, in the order of their labels. @default all, sorted */
  classes?: readonly string[] | undefined;
  /** What y is: one-hot rows, class indices, the pictures themselves, or nothing (null). @default 'categorical' */
  classMode?: ClassMode | undefined;
  /** Whether to enter linked folders. @default false */
  followLinks?: boolean | undefined;
  /** The part of each class that the generator's `validationSplit` sets apart, or the rest. */
  subset?: Subset | undefined;
  /** How pictures of another size are resized. @default 'nearest' */
  interpolation?: Interpolation | undefined;
  /** `skip` leaves out pictures that cannot be read: each is decoded once before the first pass. @default 'throw' */
  onError?: 'throw' | 'skip' | undefined;
  /** Whether to decode once and keep all pictures in memory, as bytes. @default false */
  cache?: boolean | undefined;
  /** 0 prints nothing. @default 1 */
  verbose?: 0 | 1 | undefined;
}

const OPTIONS: readonly (keyof DirectoryFlowOptions)[] = [
  'targetSize',
  'colorMode',
  'classes',
  'classMode',
  'batchSize',
  'shuffle',
  'seed',
  'followLinks',
  'subset',
  'interpolation',
  'onError',
  'cache',
  'verbose',
];

/** Batches of the pictures in a folder that has one sub-folder per class. */
export class DirectoryFlow extends ImageFlow {
  readonly directory: string;
  readonly classNames: readonly string[];
  /** The index of each class, by name. */
  readonly classIndices: Readonly<Record<string, number>>;
  /** Relative to the directory, class after class. */
  readonly filenames: readonly string[];
  /** The class index of each file. */
  readonly labels: Int32Array;
  /** Files left out because they cannot be read, relative to the directory. */
  readonly skipped: readonly string[];

  /** @internal Made by `flowFromDirectory`. */
  constructor(
    directory: string,
    found: ClassFolders,
    skipped: readonly string[],
    ...rest: ConstructorParameters<typeof ImageFlow>
  ) {
    super(...rest);
    this.directory = directory;
    this.classNames = found.classNames;
    this.classIndices = found.classIndices;
    this.filenames = found.files.map((file) => relative(directory, file));
    this.labels = found.labels;
    this.skipped = skipped.map((file) => relative(directory, file));
  }
}

/** Lists the folder, and says what was found. */
export async function openDirectory(
  directory: string,
  options: DirectoryFlowOptions,
  validationSplit: number,
  prepare: Preparation,
): Promise<DirectoryFlow> {
  checkOptions('flowFromDirectory', options, OPTIONS);
  const {
    classMode = 'categorical',
    classes,
    followLinks,
    subset,
    onError = 'throw',
    cache = false,
    verbose = 1,
  } = options;
  checkChoice('onError', onError, ['throw', 'skip']);
  const severalClasses = classMode === 'categorical' || classMode === 'binary';
  const listed = await listClassFolders(directory, { classes, followLinks, severalClasses });
  checkBinary(directory, classMode, listed);
  const chosen = subset === undefined ? listed : takeSubset(directory, listed, subset, validationSplit);
  const { found, skipped } =
    onError === 'skip' ? await readableOf(directory, chosen, options) : { found: chosen, skipped: [] };
  const files = filesOf(found, options);
  const target = targetOf(classMode, found.classNames.length, files.imageShape);
  const pictures = cache ? inMemory(files) : files;
  const flow = new DirectoryFlow(directory, found, skipped, pictures, prepare, target, options);
  if (verbose) report(flow);
  return flow;
}

function filesOf({ files, labels }: ClassFolders, options: DirectoryFlowOptions): PictureFiles {
  const { targetSize = [256, 256], colorMode = 'rgb', interpolation = 'nearest' } = options;
  return new PictureFiles({
    files,
    labels,
    targetSize,
    colorMode: checkColorMode(colorMode),
    interpolation: checkInterpolation(interpolation),
  });
}

function inMemory(files: PictureFiles): Pictures {
  const inputs = [spec('uint8', [null, ...files.imageShape]), spec('int32', [null])];
  return new PictureArrays(files.count, files.imageShape, inputs, () => files.decodeAll());
}

async function readableOf(
  directory: string,
  all: ClassFolders,
  options: DirectoryFlowOptions,
): Promise<{ found: ClassFolders; skipped: string[] }> {
  const bad = new Set(await filesOf(all, options).unreadable());
  const found = only(all, (index) => !bad.has(index));
  if (found.files.length > 0) return { found, skipped: all.files.filter((_, index) => bad.has(index)) };
  throw new TensorFlowError('ERR_DATA_EMPTY', `${directory}: none of its ${all.files.length} pictures can be read.`);
}

/** As Keras splits: of each class, the first share of the sorted files is for validation. */
function takeSubset(directory: string, all: ClassFolders, subset: Subset, validationSplit: number): ClassFolders {
  checkChoice('subset', subset, ['training', 'validation']);
  if (validationSplit === 0) {
    throw new TensorFlowError(
      'ERR_ARGUMENT',
      `flowFromDirectory: subset '${subset}' needs a share to set apart; give validationSplit to imageDataGenerator.`,
    );
  }
  const sizes = all.classNames.map((_, label) => all.labels.filter((other) => other === label).length);
  const starts = sizes.map((_, label) => sizes.slice(0, label).reduce((a, b) => a + b, 0));
  const part = only(all, (index) => {
    const label = all.labels[index] ?? 0;
    const held = Math.floor(validationSplit * (sizes[label] ?? 0));
    return index - (starts[label] ?? 0) < held === (subset === 'validation');
  });
  if (part.files.length > 0) return part;
  throw new TensorFlowError(
    'ERR_DATA_EMPTY',
    `${directory}: validationSplit ${validationSplit} leaves no pictures for '${subset}'; choose another share.`,
  );
}

function only(all: ClassFolders, keep: (index: number) => boolean): ClassFolders {
  return {
    ...all,
    files: all.files.filter((_, index) => keep(index)),
    labels: all.labels.filter((_, index) => keep(index)),
  };
}

function checkBinary(directory: string, classMode: ClassMode, { classNames }: ClassFolders): void {
  if (classMode !== 'binary' || classNames.length === 2) return;
  throw new TensorFlowError(
    'ERR_LABELS',
    `${directory}: classMode 'binary' takes two classes, got ${classNames.length} (${classNames.join(', ')}); use 'categorical' or name two \`classes\`.`,
  );
}

function checkChoice(option: string, value: string, known: readonly string[]): void {
  if (!known.includes(value)) throw unknownName(option, value, known);
}

function report({ n, classNames, skipped }: DirectoryFlow): void {
  console.log(`Found ${n} images belonging to ${classNames.length} classes.`);
  if (skipped.length > 0) console.log(`Skipped ${skipped.length} that cannot be read: ${skipped.join(', ')}`);
}
