import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { decodeSheets } from '../../../../src/data/datasets/cifar10/sheets.js';
import { cifar10 } from '../../../../src/data/datasets/index.js';
import { temporaryFolder } from '../temporary-folder.js';
import { labelAt, officialArchive, pictureAt, sheetsTarball } from './cifar10-archives.js';

let archive = '';
let sheets = '';

beforeAll(async () => {
  [archive, sheets] = [await officialArchive(), await sheetsTarball()];
}, 120_000);

afterEach(() => void vi.unstubAllEnvs());

afterAll(() => {
  for (const file of [archive, sheets]) rmSync(dirname(file), { recursive: true, force: true });
});

/** A picture of a set, by its place in it. */
function picture(set: cifar10.ImageSet, index: number): Uint8Array {
  return set.images.subarray(index * 3072, (index + 1) * 3072);
}

function expectKnown({ train, test: unseen }: cifar10.Cifar10): void {
  expect([train.shape, unseen.shape]).toEqual([
    [50_000, 32, 32, 3],
    [10_000, 32, 32, 3],
  ]);
  expect([train.images.length, unseen.images.length]).toEqual([50_000 * 3072, 10_000 * 3072]);
  expect(train.labels).toEqual(Uint8Array.from({ length: 50_000 }, (_, index) => labelAt(index)));
  expect(unseen.labels).toEqual(Uint8Array.from({ length: 10_000 }, (_, index) => labelAt(50_000 + index)));
  for (const index of [0, 1, 59, 60, 10_000, 20_007, 49_999]) expect(picture(train, index)).toEqual(pictureAt(index));
  for (const index of [0, 31, 9_999]) expect(picture(unseen, index)).toEqual(pictureAt(50_000 + index));
}

function cacheWith(files: Record<string, string> = {}): string {
  const cache = temporaryFolder();
  const folder = join(cache, 'libtensorflow-node', 'datasets');
  mkdirSync(folder, { recursive: true });
  for (const [name, from] of Object.entries(files)) copyFileSync(from, join(folder, name));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('CIFAR10_ARCHIVE', '');
  return folder;
}

/** Puts an `npm` of the test before the real one. */
function fakeNpm(script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
}

test('there are ten names', () => {
  expect(cifar10.classNames).toHaveLength(10);
  expect([cifar10.classNames[6], cifar10.classNames[9]]).toEqual(['frog', 'truck']);
});

test('reads the official archive, given by option or environment, without touching the cache', async () => {
  const folder = cacheWith();
  expectKnown(await cifar10.load({ archive }));
  vi.stubEnv('CIFAR10_ARCHIVE', archive);
  expectKnown(await cifar10.load());
  expect(readdirSync(folder)).toEqual([]);
}, 60_000);

test('reads the sheets of the npm package', async () => {
  const records = await decodeSheets(sheets);
  for (const index of [0, 1, 59, 60, 10_003, 59_999]) {
    expect(records.images(index, index + 1)).toEqual(pictureAt(index));
    expect(records.labels(index, index + 1)).toEqual(Uint8Array.of(labelAt(index)));
  }
}, 60_000);

test('takes the official archive that lies in the cache, decodes it once, and needs it no more', async () => {
  const folder = cacheWith({ 'cifar-10-binary.tar.gz': archive });
  expectKnown(await cifar10.load());
  rmSync(join(folder, 'cifar-10-binary.tar.gz'));
  expect(readdirSync(folder)).toEqual(['cifar10.bin']);
  expectKnown(await cifar10.load());
}, 60_000);

test.each([
  ['no npm', () => vi.stubEnv('PATH', temporaryFolder()), 'npm is not on the PATH'],
  ['no network', () => fakeNpm('echo "npm error code ENOTFOUND" >&2; exit 1'), '(ENOTFOUND)'],
  ['a wrong hash', () => fakeNpm(`cp '${sheets}' "$npm_config_pack_destination"`), 'npm left sha512-'],
  ['an npm that leaves nothing', () => fakeNpm('exit 0'), 'npm left no tarball'],
])('refuses %s in one sentence with ways out, and leaves nothing behind', async (_, arrange, part) => {
  const folder = cacheWith();
  arrange();
  const error = await cifar10.load().then(
    () => expect.fail('nothing was refused'),
    (reason: Error & { code: string }) => reason,
  );
  expect(error).toMatchObject({ code: 'ERR_DOWNLOAD', message: expect.stringContaining(part) });
  expect(error.message).toMatch(/^[^\n]*cifar-10-binary\.tar\.gz at .* or set CIFAR10_ARCHIVE to it\.$/);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['is not there', () => join(temporaryFolder(), 'nowhere.tar.gz'), 'ENOENT'],
  ['is cut off', () => cutOff(archive), 'fetch it again'],
  ['is another archive', () => sheets, 'lacks data_batch_1.bin'],
])('refuses an archive that %s', async (_, file, part) => {
  await expect(cifar10.load({ archive: file() })).rejects.toMatchObject({
    code: 'ERR_FILE_FORMAT',
    message: expect.stringContaining(part),
  });
});

function cutOff(file: string): string {
  const copy = join(temporaryFolder(), 'short.tar.gz');
  copyFileSync(file, copy);
  truncateSync(copy, Math.floor(statSync(copy).size / 2));
  return copy;
}

/** Paths of the pictures below a folder, sorted. */
function pngs(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).filter((file) => file.endsWith('.png')).sort();
}

test("writes the chapter's folders, each picture under its label and its place in the whole set", async () => {
  const root = temporaryFolder();
  const progress: unknown[] = [];
  const saved = await cifar10.saveImages(root, { archive, limit: 2, onProgress: (step) => progress.push(step) });
  expect(saved).toEqual({ written: 40, kept: 0 });
  expect(progress.at(-1)).toEqual({ done: 32 + 8, total: 40 });
  for (const part of ['train', 'valid']) {
    expect(readdirSync(join(root, 'data1', part)).sort()).toEqual(['1', '2', '3', '4', '6', '7', '8', '9']);
    expect(readdirSync(join(root, 'data2', part)).sort()).toEqual(['0', '5']);
  }
  expect(readdirSync(join(root, 'data1', 'train', '6')).sort()).toEqual(['1.png', '11.png']);
  for (const file of pngs(root)) {
    const [, part, label, name = ''] = file.split('/');
    const index = Number.parseInt(name, 10) - 1 + (part === 'valid' ? 50_000 : 0);
    expect(Number(label)).toBe(labelAt(index));
    const { data, info } = await sharp(join(root, file)).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([32, 32, 3]);
    expect(new Uint8Array(data)).toEqual(pictureAt(index));
  }
}, 60_000);

test('a complete set is recognised without the data; a damaged or missing picture is made again', async () => {
  const root = temporaryFolder();
  const save = (from: string) => cifar10.saveImages(root, { archive: from, limit: 1, sets: ['data2'] });
  expect(await save(archive)).toEqual({ written: 4, kept: 0 });
  expect(await save('nowhere')).toEqual({ written: 0, kept: 4 });

  const [missing, damaged] = pngs(root).map((file) => join(root, file));
  const whole = readFileSync(damaged ?? '');
  rmSync(missing ?? '');
  truncateSync(damaged ?? '', 20);
  expect(await save(archive)).toEqual({ written: 2, kept: 2 });
  expect(readFileSync(damaged ?? '')).toEqual(whole);
}, 60_000);

test('another limit is another set: more pictures join those that are there', async () => {
  const root = temporaryFolder();
  await cifar10.saveImages(root, { archive, limit: 1, sets: ['data2'] });
  expect(await cifar10.saveImages(root, { archive, limit: 2, sets: ['data2'] })).toEqual({ written: 4, kept: 4 });
}, 60_000);

test.each([
  ['an unknown set', { sets: ['data3'] }, 'ERR_UNKNOWN_NAME'],
  ['a limit of nothing', { limit: 0 }, 'ERR_ARGUMENT'],
  ['half a picture', { limit: 1.5 }, 'ERR_ARGUMENT'],
])('refuses %s', async (_, options, code) => {
  const attempt = cifar10.saveImages(temporaryFolder(), options as cifar10.SaveImagesOptions);
  await expect(attempt).rejects.toMatchObject({ code });
});

test('refuses a folder that cannot be written', async () => {
  const file = join(temporaryFolder(), 'a-file');
  writeFileSync(file, '');
  const attempt = cifar10.saveImages(file, { archive, limit: 1 });
  await expect(attempt).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
}, 60_000);
