import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { unknownName } from '../errors/suggest.js';
import { concurrently } from './concurrently.js';

export interface ClassFolderOptions {
  /** The sub-folders to use, in the order of their labels. @default all of them, sorted */
  readonly classes?: readonly string[] | undefined;
  /** Whether to enter linked folders inside a class. Linked files and linked class folders always count. @default false */
  readonly followLinks?: boolean | undefined;
  /** What counts as a picture, in lower case and without a dot. @default png jpg jpeg bmp gif */
  readonly extensions?: readonly string[] | undefined;
  /** Whether to refuse a folder with only one class. @default false */
  readonly severalClasses?: boolean | undefined;
}

/** The pictures of a folder that has one sub-folder per class. */
export interface ClassFolders {
  /** Paths, class after class, sorted within each. */
  readonly files: string[];
  /** The class index of each file. */
  readonly labels: Int32Array;
  /** The names of the classes, by index. */
  readonly classNames: string[];
  /** The index of each class, by name. */
  readonly classIndices: Record<string, number>;
}

interface Rule {
  readonly isPicture: (name: string) => boolean;
  readonly followLinks: boolean;
}

export const PICTURE_EXTENSIONS: readonly string[] = ['png', 'jpg', 'jpeg', 'bmp', 'gif'];
const FOLDERS_AT_ONCE = 8;

/**
 * Lists pictures by Keras' rule: each sub-folder is a class, in sorted order (hidden ones are left out), and everything
 * in it that has a picture's extension, at any depth, belongs to that class.
 *
 * @throws TensorFlowError `ERR_DATA_EMPTY` when the folder is missing, has no sub-folders, or a class has no pictures;
 *   `ERR_UNKNOWN_NAME` when one of `classes` is not there; `ERR_ONE_CLASS`, if asked for.
 * @example
 * const { files, labels, classNames } = await listClassFolders('data1/train');
 */
export async function listClassFolders(directory: string, options: ClassFolderOptions = {}): Promise<ClassFolders> {
  const { followLinks = false, extensions = PICTURE_EXTENSIONS, severalClasses = false } = options;
  const classNames = chosen(directory, await subFolders(directory), options.classes);
  if (severalClasses && classNames.length < 2) {
    throw new TensorFlowError(
      'ERR_ONE_CLASS',
      `${directory} is expected to have two or more classes, but has only '${classNames.join()}'; point to the folder above the classes.`,
    );
  }
  const isPicture = hasEnding(extensions);
  const byClass: string[][] = classNames.map(() => []);
  await concurrently(classNames.entries(), FOLDERS_AT_ONCE, async ([index, name]) => {
    byClass[index] = await picturesBelow(join(directory, name), { isPicture, followLinks });
  });
  for (const [index, name] of classNames.entries()) {
    if (byClass[index]?.length) continue;
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `the class folder ${join(directory, name)} has no pictures (${extensions.join(', ')}); put some in, remove it, or name the \`classes\` to use.`,
    );
  }
  return {
    files: byClass.flat(),
    labels: Int32Array.from(byClass.flatMap((files, index) => files.map(() => index))),
    classNames,
    classIndices: Object.fromEntries(classNames.map((name, index) => [name, index])),
  };
}

async function subFolders(directory: string): Promise<string[]> {
  const entries = await entriesOf(directory);
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.name.startsWith('.') && (await kindOf(directory, entry)) === 'folder') names.push(entry.name);
  }
  if (names.length > 0) return names.sort();
  throw new TensorFlowError(
    'ERR_DATA_EMPTY',
    `${directory} is expected to have one sub-folder of pictures per class, but has ${entries.length === 0 ? 'nothing in it' : 'no sub-folders'}; point to the folder above the classes.`,
  );
}

function chosen(directory: string, found: string[], wanted: readonly string[] | undefined): string[] {
  if (!wanted) return found;
  const missing = wanted.find((name) => !found.includes(name));
  if (missing !== undefined) throw unknownName(`class of ${directory}`, missing, found);
  return [...wanted];
}

/** Files at any depth that have one of the endings, in lower case and without a dot; sorted by folder, then by name. */
export function filesBelow(
  folder: string,
  { extensions, followLinks = false }: { extensions: readonly string[]; followLinks?: boolean },
): Promise<string[]> {
  return picturesBelow(folder, { isPicture: hasEnding(extensions), followLinks });
}

function hasEnding(extensions: readonly string[]): Rule['isPicture'] {
  const endings = extensions.map((extension) => `.${extension}`);
  return (name) => endings.some((ending) => name.toLowerCase().endsWith(ending));
}

/** Why sorted by folder in the end and not while walking: so does Keras, and `a-b` comes before `a/c`. */
async function picturesBelow(folder: string, { isPicture, followLinks }: Rule): Promise<string[]> {
  const byFolder: { folder: string; files: string[] }[] = [];
  // Why `ancestors`: the real paths above a folder, so that a link back to one of them is not followed for ever.
  const walk = async (folder: string, ancestors: ReadonlySet<string>) => {
    const here = await realpath(folder);
    if (ancestors.has(here)) return;
    const entries = await entriesOf(folder);
    byFolder.push({ folder, files: await picturesIn(folder, entries, isPicture) });
    for (const entry of entries) {
      if (entry.isFile() || (entry.isSymbolicLink() && !followLinks)) continue;
      if ((await kindOf(folder, entry)) === 'folder')
        await walk(join(folder, entry.name), new Set(ancestors).add(here));
    }
  };
  await walk(folder, new Set());
  return byFolder.sort((a, b) => (a.folder < b.folder ? -1 : 1)).flatMap(({ files }) => files);
}

async function picturesIn(folder: string, entries: readonly Dirent[], isPicture: Rule['isPicture']): Promise<string[]> {
  const files: string[] = [];
  for (const entry of entries) {
    if (!isPicture(entry.name)) continue;
    // Why not asked of every file: a promise for each would cost more than listing them.
    if (entry.isFile() || (await kindOf(folder, entry)) === 'file') files.push(entry.name);
  }
  return files.sort().map((name) => join(folder, name));
}

/** Follows links; 'other' is a broken link, a socket and the like. */
async function kindOf(folder: string, entry: Dirent): Promise<'file' | 'folder' | 'other'> {
  const known = entry.isFile() || entry.isDirectory();
  const found = known ? entry : await stat(join(folder, entry.name)).catch(() => undefined);
  if (found?.isFile()) return 'file';
  return found?.isDirectory() ? 'folder' : 'other';
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_DATA_EMPTY',
      `${folder} is expected to be a folder of pictures, but cannot be listed (${codeOf(cause) ?? messageOf(cause)}); check the path.`,
      { cause },
    );
  }
}
