import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tensor } from '../../../src/core/tensor.js';
import type { DirectoryFlowOptions } from '../../../src/data/directory-flow.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import type { ImageFlow } from '../../../src/data/image-flow.js';
import { pictureFolder } from './picture-folder.js';

const GRAYS = {
  'a/1.png': 10,
  'a/2.png': 20,
  'a/3.png': 30,
  'a/4.png': 40,
  'b/1.png': 110,
  'b/2.png': 120,
  'b/3.png': 130,
};
const QUIET = { targetSize: [4, 4], verbose: 0 } as const;

let folder: string;
beforeAll(async () => {
  folder = await pictureFolder(GRAYS);
});
afterAll(() => rm(folder, { recursive: true }));

const open = (options: DirectoryFlowOptions = {}) =>
  imageDataGenerator().flowFromDirectory(folder, { ...QUIET, batchSize: 3, ...options });

/** The first pixel of each picture of a pass, batch by batch. */
async function grays(flow: ImageFlow): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const [x] of flow) batches.push(firstPixels(x as Tensor));
  return batches;
}

function firstPixels(x: Tensor): number[] {
  const data = x.dataSync() as Float32Array;
  const stride = data.length / (x.shape[0] ?? 1);
  return Array.from({ length: x.shape[0] ?? 0 }, (_, row) => data[row * stride] ?? Number.NaN);
}

describe('a pass', () => {
  test('gives every picture once, in batches of which the last may be short', async () => {
    const flow = await open({ seed: 1 });
    const batches = await grays(flow);
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
    expect(batches.flat().sort((a, b) => a - b)).toEqual(Object.values(GRAYS));
    expect([flow.n, flow.batchesPerPass, flow.batchSize]).toEqual([7, 3, 3]);
  });

  test('is in the order of the files when it is not shuffled', async () => {
    const flow = await open({ shuffle: false });
    expect((await grays(flow)).flat()).toEqual(Object.values(GRAYS));
    expect(flow.filenames).toEqual(Object.keys(GRAYS).map((name) => join(name)));
  });

  test('is the same for the same seed, and another for each pass and seed', async () => {
    const [one, same, other] = [await open({ seed: 5 }), await open({ seed: 5 }), await open({ seed: 6 })];
    const first = await grays(one);
    expect(await grays(same)).toEqual(first);
    expect(await grays(other)).not.toEqual(first);
    expect(await grays(one)).not.toEqual(first);
  });

  test('augments each batch in its own way, the same for the same seed', async () => {
    const generator = imageDataGenerator({ channelShiftRange: 50, brightnessRange: [0.5, 1], seed: 3 });
    const flow = () => generator.flowFromDirectory(folder, { ...QUIET, batchSize: 1, shuffle: false });
    const [one, same] = [await flow(), await flow()];
    const first = (await grays(one)).flat();
    const factors = first.map((gray, i) => gray / (Object.values(GRAYS)[i] ?? 1));
    expect(new Set(factors.map((factor) => factor.toFixed(1))).size).toBeGreaterThan(2);
    expect(await grays(same)).toEqual(first.map((gray) => [gray]));
    expect((await grays(one)).flat()).not.toEqual(first);
  });

  test('may be left early, and the next one is whole', async () => {
    const flow = await open();
    for await (const _ of flow) break;
    expect((await grays(flow)).flat()).toHaveLength(7);
  });

  test('is followed by the next one in next()', async () => {
    using flow = await open();
    const sizes: number[] = [];
    for (let i = 0; i < 7; i++) sizes.push((await flow.next())[0]?.shape[0] ?? 0);
    expect(sizes).toEqual([3, 3, 1, 3, 3, 1, 3]);
  });

  test('is the same from memory', async () => {
    const [files, cached] = [await open({ seed: 9 }), await open({ seed: 9, cache: true })];
    expect(await grays(cached)).toEqual(await grays(files));
    expect(await grays(cached)).toEqual(await grays(files));
  });
});

describe('labels', () => {
  const LABELS = { categorical: [null, 2], sparse: [null], binary: [null], input: [null, 4, 4, 3] } as const;

  test.each(['categorical', 'sparse', 'binary'] as const)('%s belong to their pictures', async (classMode) => {
    const flow = await open({ classMode, seed: 2 });
    for await (const [x, y] of flow) {
      const rows = y?.array() as number[] | number[][];
      const classes = rows.map((row) => (Array.isArray(row) ? row.indexOf(1) : row));
      expect(classes).toEqual(firstPixels(x as Tensor).map((gray) => (gray > 100 ? 1 : 0)));
    }
    expect(flow.classIndices).toEqual({ a: 0, b: 1 });
    expect(flow.elementSpec[1]).toEqual({ dtype: 'float32', shape: LABELS[classMode] });
  });

  test('are the pictures themselves for autoencoders', async () => {
    for await (const [x, y] of await open({ classMode: 'input' })) expect(y?.dataSync()).toEqual(x?.dataSync());
  });

  test('are left out for null', async () => {
    const flow = await open({ classMode: null });
    expect(flow.elementSpec).toHaveLength(1);
    for await (const batch of flow) expect(batch).toHaveLength(1);
  });

  test('follow the order of `classes`', async () => {
    const flow = await open({ classes: ['b', 'a'], shuffle: false });
    expect(flow.classIndices).toEqual({ b: 0, a: 1 });
    expect((await grays(flow)).flat()[0]).toBe(110);
  });
});

describe('what is printed', () => {
  test('is what Keras prints', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await imageDataGenerator().flowFromDirectory(folder);
    expect(log.mock.calls).toEqual([['Found 7 images belonging to 2 classes.']]);
    log.mockRestore();
  });
});

describe('subsets', () => {
  test('share out each class, the first part for validation', async () => {
    const generator = imageDataGenerator({ validationSplit: 0.5 });
    const part = (subset: 'training' | 'validation') => generator.flowFromDirectory(folder, { ...QUIET, subset });
    expect((await part('validation')).filenames).toEqual(['a/1.png', 'a/2.png', 'b/1.png'].map((name) => join(name)));
    expect((await part('training')).filenames).toEqual(
      ['a/3.png', 'a/4.png', 'b/2.png', 'b/3.png'].map((name) => join(name)),
    );
  });

  test('are refused without a share', async () => {
    await expect(open({ subset: 'training' })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});

describe('pictures that cannot be read', () => {
  let damaged: string;
  beforeAll(async () => {
    damaged = await pictureFolder(GRAYS);
    await writeFile(join(damaged, 'a/2.png'), 'no picture');
    await writeFile(join(damaged, 'b/3.png'), '');
  });
  afterAll(() => rm(damaged, { recursive: true }));

  const openDamaged = (options: DirectoryFlowOptions) =>
    imageDataGenerator().flowFromDirectory(damaged, { ...QUIET, batchSize: 2, ...options });

  test.each([false, true])('are all named by the error (cache: %s)', async (cache) => {
    const flow = await openDamaged({ cache });
    const failure: Error = await grays(flow).then(
      () => expect.fail('the pass should fail'),
      (error) => error,
    );
    expect(failure).toMatchObject({ code: 'ERR_DATA_PICTURE' });
    expect(failure.message).toContain(join(damaged, 'a/2.png'));
    expect(failure.message).toContain(join(damaged, 'b/3.png'));
  });

  test('are left out and reported', async () => {
    const flow = await openDamaged({ onError: 'skip' });
    expect(flow.skipped).toEqual([join('a/2.png'), join('b/3.png')]);
    expect([flow.n, flow.batchesPerPass]).toEqual([5, 3]);
    expect((await grays(flow)).flat().sort((a, b) => a - b)).toEqual([10, 30, 40, 110, 120]);
  });

  test('are all there is: refused', async () => {
    const only = await pictureFolder({ 'a/1.png': 1, 'b/1.png': 2 });
    await writeFile(join(only, 'a/1.png'), 'x');
    await writeFile(join(only, 'b/1.png'), 'x');
    const opening = imageDataGenerator().flowFromDirectory(only, { ...QUIET, onError: 'skip' });
    await expect(opening).rejects.toMatchObject({ code: 'ERR_DATA_EMPTY' });
    await rm(only, { recursive: true });
  });
});

describe('refusals', () => {
  test.each([
    ['an unknown option', { targetSze: [4, 4] }, 'ERR_UNKNOWN_NAME', /targetSize/],
    ['an unknown class mode', { classMode: 'categoric' }, 'ERR_UNKNOWN_NAME', /categorical/],
    ['an unknown colour mode', { colorMode: 'grey' }, 'ERR_UNKNOWN_NAME', /grayscale/],
    ['an unknown interpolation', { interpolation: 'linear' }, 'ERR_UNKNOWN_NAME', /bilinear/],
    ['an unknown way with errors', { onError: 'ignore' }, 'ERR_UNKNOWN_NAME', /skip/],
    ['no rows in a batch', { batchSize: 0 }, 'ERR_ARGUMENT', /batchSize/],
    ['one class', { classes: ['a'] }, 'ERR_ONE_CLASS', /class/],
  ])('%s', async (_, options, code, message) => {
    const opening = open(options as DirectoryFlowOptions);
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a folder that is not there', async () => {
    await expect(imageDataGenerator().flowFromDirectory(join(folder, 'c'))).rejects.toMatchObject({
      code: 'ERR_DATA_EMPTY',
    });
  });

  test('three classes for a binary label', async () => {
    const three = await pictureFolder({ 'a/1.png': 1, 'b/1.png': 2, 'c/1.png': 3 });
    const opening = imageDataGenerator().flowFromDirectory(three, { ...QUIET, classMode: 'binary' });
    await expect(opening).rejects.toMatchObject({ code: 'ERR_LABELS' });
    await rm(three, { recursive: true });
  });
});
