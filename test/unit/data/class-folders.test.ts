import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { listClassFolders } from '../../../src/data/class-folders.js';
import { temporaryFolder } from './temporary-folder.js';

function folderWith(...files: string[]): string {
  const root = temporaryFolder();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  return root;
}

function names(root: string, files: readonly string[]): string[] {
  return files.map((file) => relative(root, file));
}

test('classes and files come in the order of their names, by characters as in Python', async () => {
  const root = folderWith('dog/b.png', 'dog/a.jpg', 'cat/10.png', 'cat/9.png', 'Zebra/1.bmp');
  const { files, labels, classNames, classIndices } = await listClassFolders(root);
  expect(names(root, files)).toEqual(['Zebra/1.bmp', 'cat/10.png', 'cat/9.png', 'dog/a.jpg', 'dog/b.png']);
  expect(labels).toEqual(Int32Array.of(0, 1, 1, 2, 2));
  expect(classNames).toEqual(['Zebra', 'cat', 'dog']);
  expect(classIndices).toEqual({ Zebra: 0, cat: 1, dog: 2 });
});

test('a class takes in what lies deeper, folder by folder in the order of their paths', async () => {
  const root = folderWith('a/z.png', 'a/x/deep/2.png', 'a/x/1.png', 'a/x-y/3.png');
  const { files, labels } = await listClassFolders(root);
  expect(names(root, files)).toEqual(['a/z.png', 'a/x/1.png', 'a/x-y/3.png', 'a/x/deep/2.png'].sort(byFolder));
  expect(labels).toEqual(new Int32Array(4));
});

/** Keras sorts `(folder, files)` by folder. */
function byFolder(a: string, b: string): number {
  return dirname(a) < dirname(b) ? -1 : 1;
}

test('extensions count in any case; other files, hidden folders and files beside the classes do not', async () => {
  const root = folderWith('a/1.PNG', 'a/2.jpeg', 'a/notes.txt', 'a/png', '.git/1.png', 'readme.png');
  expect(names(root, (await listClassFolders(root)).files)).toEqual(['a/1.PNG', 'a/2.jpeg']);
  expect(names(root, (await listClassFolders(root, { extensions: ['txt'] })).files)).toEqual(['a/notes.txt']);
});

test('named classes keep their order, and the others are left out', async () => {
  const root = folderWith('a/1.png', 'b/1.png', 'c/1.png');
  const { files, classIndices } = await listClassFolders(root, { classes: ['c', 'a'] });
  expect(names(root, files)).toEqual(['c/1.png', 'a/1.png']);
  expect(classIndices).toEqual({ c: 0, a: 1 });
});

test('linked classes and files count; linked folders inside a class only when asked for', async () => {
  const root = folderWith('a/1.png');
  const elsewhere = folderWith('more/2.png', 'b/3.png');
  symlinkSync(join(elsewhere, 'b'), join(root, 'b'));
  symlinkSync(join(elsewhere, 'more'), join(root, 'a', 'more'));
  symlinkSync(join(elsewhere, 'more', '2.png'), join(root, 'a', 'linked.png'));
  symlinkSync(join(elsewhere, 'gone.png'), join(root, 'a', 'broken.png'));
  expect(names(root, (await listClassFolders(root)).files)).toEqual(['a/1.png', 'a/linked.png', 'b/3.png']);
  const followed = await listClassFolders(root, { followLinks: true });
  expect(names(root, followed.files)).toEqual(['a/1.png', 'a/linked.png', 'a/more/2.png', 'b/3.png']);
});

test('a link to a folder above it is not followed for ever', async () => {
  const root = folderWith('a/1.png', 'a/below/2.png');
  symlinkSync(join(root, 'a'), join(root, 'a', 'below', 'loop'));
  const { files } = await listClassFolders(root, { followLinks: true });
  expect(names(root, files)).toEqual(['a/1.png', 'a/below/2.png']);
});

test.each([
  ['a folder that is not there', () => join(temporaryFolder(), 'nowhere'), {}, 'ERR_DATA_EMPTY', 'ENOENT'],
  ['a file', () => join(folderWith('a.png'), 'a.png'), {}, 'ERR_DATA_EMPTY', 'ENOTDIR'],
  ['an empty folder', () => temporaryFolder(), {}, 'ERR_DATA_EMPTY', 'nothing in it'],
  ['pictures without class folders', () => folderWith('1.png'), {}, 'ERR_DATA_EMPTY', 'no sub-folders'],
  ['a class without pictures', () => folderWith('a/1.png', 'b/1.txt'), {}, 'ERR_DATA_EMPTY', '/b has no pictures'],
  ['an unknown class', () => folderWith('cat/1.png'), { classes: ['cats'] }, 'ERR_UNKNOWN_NAME', "'cat'"],
  [
    'a single class where several are needed',
    () => folderWith('a/1.png'),
    { severalClasses: true },
    'ERR_ONE_CLASS',
    "'a'",
  ],
])('refuses %s', async (_, folder, options, code, part) => {
  await expect(listClassFolders(folder(), options)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(part),
  });
});
