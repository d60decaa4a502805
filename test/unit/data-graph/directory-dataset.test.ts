import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tensor } from '../../../src/core/tensor.js';
import { imageDatasetFromDirectory, textDatasetFromDirectory } from '../../../src/data/index.js';
import { pictureFolder, solid } from './picture-folder.js';

const quiet = { verbose: 0 } as const;
const small = { ...quiet, imageSize: [2, 2] } as const;
const GRAYS = Object.fromEntries(
  ['ant', 'bee', 'cat'].flatMap((name, c) =>
    Array.from({ length: 4 }, (_, i) => [`${name}/${i}.png`, 60 * c + 10 * i]),
  ),
);

let pictures: string;
beforeAll(async () => {
  pictures = await pictureFolder(GRAYS);
});
afterAll(() => rm(pictures, { recursive: true, force: true }));

/** Grey values and labels of a pass, in its order. */
async function pass(dataset: { toArray(): Promise<unknown[]> }): Promise<[gray: number, label: number][]> {
  const batches = (await dataset.toArray()) as [Tensor, Tensor][];
  return batches.flatMap(([x, y]) => {
    const [values, labels] = [x.dataSync() as Float32Array, y.dataSync() as Int32Array];
    const pixels = values.length / labels.length;
    return Array.from(labels, (label, i): [number, number] => [values[i * pixels] as number, label]);
  });
}

const grayOf = (file: string) => GRAYS[relative(pictures, file)];

describe('imageDatasetFromDirectory', () => {
  test('pictures with the number of their folder, in batches', async () => {
    const dataset = await imageDatasetFromDirectory(pictures, { ...small, batchSize: 5, shuffle: false });
    expect(dataset.classNames).toEqual(['ant', 'bee', 'cat']);
    expect(dataset.cardinality).toBe(3);
    expect(dataset.elementSpec).toEqual([
      { dtype: 'float32', shape: [null, 2, 2, 3] },
      { dtype: 'int32', shape: [null] },
    ]);
    expect(await pass(dataset)).toEqual(dataset.filePaths.map((file, i) => [grayOf(file), Math.floor(i / 4)]));
  });

  test('each pass has an order of its own, the same for the same seed', async () => {
    const make = () => imageDatasetFromDirectory(pictures, { ...small, seed: 4 });
    const one = await make();
    const [first, second] = [await pass(one), await pass(one)];
    expect(second).not.toEqual(first);
    expect(second.sort()).toEqual([...first].sort());
    expect(await pass(await make())).toEqual(first);
    for (const [gray, label] of first) expect(Math.floor(gray / 60)).toBe(label);
  });

  test('the parts of a split are disjoint and together whole, however they are asked for', async () => {
    const options = { ...small, validationSplit: 0.25, seed: 9 } as const;
    const [train, valid] = await imageDatasetFromDirectory(pictures, { ...options, subset: 'both' });
    expect([train.filePaths.length, valid.filePaths.length]).toEqual([9, 3]);
    expect([...train.filePaths, ...valid.filePaths].map(grayOf).sort()).toEqual(Object.values(GRAYS).sort());
    expect((await pass(valid)).map(([gray]) => gray)).toEqual(valid.filePaths.map(grayOf));
    const alone = await imageDatasetFromDirectory(pictures, { ...options, subset: 'validation' });
    expect(alone.filePaths).toEqual(valid.filePaths);
    const other = await imageDatasetFromDirectory(pictures, { ...options, seed: 10, subset: 'validation' });
    expect(other.filePaths).not.toEqual(valid.filePaths);
  });

  test('labels given, none, and one by one', async () => {
    const labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const given = await imageDatasetFromDirectory(pictures, { ...small, labels, shuffle: false });
    expect((await pass(given)).map(([, label]) => label)).toEqual(labels);
    const single = await imageDatasetFromDirectory(pictures, {
      ...small,
      labels: null,
      batchSize: null,
      shuffle: false,
    });
    const [first] = await single.toArray();
    expect(first?.shape).toEqual([2, 2, 3]);
  });

  test('other formats, where they are asked for, by way of the cache folder', async () => {
    const folder = await pictureFolder({ 'a/1.png': 10, 'b/2.png': 20 });
    const cache = vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
    await writeFile(
      join(folder, 'a', '3.webp'),
      await sharp(await solid(30, 4))
        .webp({ lossless: true })
        .toBuffer(),
    );
    await writeFile(
      join(folder, 'b', '4.tiff'),
      await sharp(await solid(40, 4))
        .tiff()
        .toBuffer(),
    );
    const options = { ...small, classNames: ['a', 'b'], shuffle: false, extensions: ['png', 'webp', 'tiff'] } as const;
    for (let run = 0; run < 2; run++) {
      const dataset = await imageDatasetFromDirectory(folder, options);
      expect(await pass(dataset)).toEqual([
        [10, 0],
        [30, 0],
        [20, 1],
        [40, 1],
      ]);
      expect(dataset.filePaths.map((file) => relative(folder, file))).toEqual([
        'a/1.png',
        'a/3.webp',
        'b/2.png',
        'b/4.tiff',
      ]);
      expect(await readdir(join(folder, 'cache', 'libtensorflow-node', 'pictures'))).toHaveLength(2);
    }
    await writeFile(join(folder, 'b', '5.webp'), 'text');
    await expect(imageDatasetFromDirectory(folder, options)).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining('5.webp'),
    });
    cache.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  test('pictures beyond the limit are not decoded', async () => {
    const folder = await pictureFolder({ 'a/1.png': 10, 'b/2.png': 20 });
    const [file, limit] = [join(folder, 'b', '3.png'), { ...small, maxPixels: 16 }];
    expect(await (await imageDatasetFromDirectory(folder, limit)).toArray()).toHaveLength(1);
    await writeFile(file, await solid(30, 5));
    await expect((await imageDatasetFromDirectory(folder, limit)).toArray()).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringMatching(new RegExp(`^${file} .*maxPixels`)),
    });
    await rm(folder, { recursive: true });
  });

  test('pictures that cannot be read are named', async () => {
    const folder = await pictureFolder({ 'a/1.png': 1, 'a/2.png': 2, 'b/3.png': 3 });
    const bad = join(folder, 'a', '2.png');
    await writeFile(bad, (await solid(5, 64)).subarray(0, 60));
    const dataset = await imageDatasetFromDirectory(folder, small);
    await expect(dataset.toArray()).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringMatching(new RegExp(`^${bad} cannot be read`)),
    });
    await rm(folder, { recursive: true });
  });

  test.each([
    ['a share that is none', { validationSplit: 1.5, subset: 'training' }, 'ERR_ARGUMENT', /between 0 and 1/],
    ['a split without saying which part', { validationSplit: 0.5 }, 'ERR_ARGUMENT', /go together/],
    ['a shuffled split without a seed', { validationSplit: 0.5, subset: 'training' }, 'ERR_ARGUMENT', /seed/],
    [
      'a split that leaves nothing',
      { validationSplit: 0.01, subset: 'validation', seed: 1 },
      'ERR_DATA_EMPTY',
      /another share/,
    ],
    ['an unknown subset', { validationSplit: 0.5, subset: 'test', seed: 1 }, 'ERR_UNKNOWN_NAME', /test/],
    ['three classes as binary', { labelMode: 'binary' }, 'ERR_LABELS', /got 3 \(ant, bee, cat\)/],
    ['an unknown kind of label', { labelMode: 'sparse' }, 'ERR_UNKNOWN_NAME', /sparse/],
    ['too few labels', { labels: [1, 2] }, 'ERR_LABELS', /2 labels, but 12 files/],
    ['classNames beside labels', { labels: null, classNames: ['ant'] }, 'ERR_ARGUMENT', /inferred/],
    ['a class that is not there', { classNames: ['ant', 'cow'] }, 'ERR_UNKNOWN_NAME', /cow/],
    ['crop and pad', { cropToAspectRatio: true, padToAspectRatio: true }, 'ERR_ARGUMENT', /not both/],
    ['an unknown way to resize', { interpolation: 'linear' }, 'ERR_UNKNOWN_NAME', /bilinear/],
    ['a size of nothing', { imageSize: [0, 2] }, 'ERR_ARGUMENT', /imageSize/],
    ['a mistyped option', { colourMode: 'rgb' }, 'ERR_UNKNOWN_NAME', /colorMode/],
  ])('refuses %s', async (_, options, code, message) => {
    await expect(imageDatasetFromDirectory(pictures, { ...quiet, ...options } as never)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

test('textDatasetFromDirectory: whole files, cut where asked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'texts-'));
  const texts = { 'no/1.txt': 'dull\n', 'yes/a/2.txt': 'a fine film', 'yes/3.txt': 'good', 'yes/4.md': 'not this' };
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const options = { ...quiet, shuffle: false, labelMode: 'binary' } as const;
  const [batch] = await (await textDatasetFromDirectory(folder, options)).toArray();
  expect(batch?.map((part) => part.array())).toEqual([
    ['dull\n', 'good', 'a fine film'],
    [[0], [1], [1]],
  ]);
  const [cut] = await (await textDatasetFromDirectory(folder, { ...options, maxLength: 3 })).toArray();
  expect(cut?.[0].array()).toEqual(['dul', 'goo', 'a f']);
  await rm(folder, { recursive: true });
});
