import { relative } from 'node:path';
import { spec } from '../core/spec.js';
import { tensor } from '../core/tensor.js';
import { checkOptions } from '../errors/suggest.js';
import { type ClassFolders, listClassFolders } from './class-folders.js';
import { CLASS_MODES, type ClassMode, checkClassMode, targetOf } from './class-mode.js';
import {
  checkBinary,
  checkSubset,
  emptySubset,
  FILE_FLOW_OPTIONS,
  FileFlow,
  type FileFlowOptions,
  FLOW_EXTENSIONS,
  type FlowContext,
  inSubset,
  picturesOf,
  readableFiles,
  reportSkipped,
  type Subset,
} from './file-flow.js';

export interface DirectoryFlowOptions extends FileFlowOptions {
  /** Sub-folders to use, in the order of their labels. @default all, sorted */
  classes?: readonly string[] | undefined;
  /** What y is: one-hot rows, class indices, the pictures themselves, or nothing (null). @default 'categorical' */
  classMode?: ClassMode | undefined;
  /** Whether to enter linked folders. @default false */
  followLinks?: boolean | undefined;
}

const OPTIONS: readonly (keyof DirectoryFlowOptions)[] = [...FILE_FLOW_OPTIONS, 'classes', 'classMode', 'followLinks'];

/** Batches of the pictures in a folder that has one sub-folder per class. */
export class DirectoryFlow extends FileFlow<Int32Array> {}

/** Lists the folder, and says what was found. */
export async function openDirectory(
  directory: string,
  options: DirectoryFlowOptions,
  { validationSplit, prepare }: FlowContext,
): Promise<DirectoryFlow> {
  checkOptions('flowFromDirectory', options, OPTIONS);
  const { classes, followLinks, subset, verbose = 1 } = options;
  const classMode = checkClassMode(options.classMode === undefined ? 'categorical' : options.classMode, CLASS_MODES);
  const severalClasses = classMode === 'categorical' || classMode === 'binary';
  const listed = await listClassFolders(directory, {
    classes,
    followLinks,
    severalClasses,
    extensions: FLOW_EXTENSIONS,
  });
  checkBinary(directory, classMode, listed.classNames);
  const chosen = subset === undefined ? listed : takeSubset(directory, listed, subset, validationSplit);
  const { places, bad } = await readableFiles(directory, chosen.files, options);
  const isGood = (index: number) => !bad.has(index);
  const { files, labels, classNames } = bad.size === 0 ? chosen : only(chosen, isGood);
  const placed = { places: places.filter((_, index) => isGood(index)), names: files, extras: [tensor(labels)] };
  const pictures = picturesOf(placed, options);
  const extras = [spec('int32', [null])];
  const target = targetOf(classMode, { classes: classNames.length, imageShape: pictures.imageShape, extras });
  const about = {
    directory,
    filepaths: files,
    nameOf: (file: string) => relative(directory, file),
    labels,
    classNames,
    skipped: [...bad].flatMap((index) => chosen.files[index] ?? []),
  };
  const flow = new DirectoryFlow(about, pictures, prepare(pictures.imageShape), target, options);
  if (verbose) {
    console.log(`Found ${flow.n} images belonging to ${flow.numClasses} classes.`);
    reportSkipped(flow);
  }
  return flow;
}

/** Of each class its own share. */
function takeSubset(directory: string, all: ClassFolders, subset: Subset, validationSplit: number): ClassFolders {
  checkSubset('flowFromDirectory', subset, validationSplit);
  const sizes = all.classNames.map(() => 0);
  for (const label of all.labels) sizes[label] = (sizes[label] ?? 0) + 1;
  const starts = sizes.map(() => 0);
  for (let i = 1; i < sizes.length; i++) starts[i] = (starts[i - 1] ?? 0) + (sizes[i - 1] ?? 0);
  const belongs = sizes.map((size) => inSubset(subset, validationSplit, size));
  const part = only(all, (index) => {
    const label = all.labels[index] ?? 0;
    return belongs[label]?.(index - (starts[label] ?? 0)) ?? false;
  });
  if (part.files.length > 0) return part;
  throw emptySubset(directory, subset, validationSplit);
}

function only(all: ClassFolders, keep: (index: number) => boolean): ClassFolders {
  return {
    ...all,
    files: all.files.filter((_, index) => keep(index)),
    labels: all.labels.filter((_, index) => keep(index)),
  };
}
