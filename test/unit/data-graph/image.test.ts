import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../../src/data/image.js';
import { pictureFolder, solid } from './picture-folder.js';

let folder: string;
beforeAll(async () => {
  folder = await pictureFolder({ 'gray.png': 51 });
});
afterAll(() => rm(folder, { recursive: true }));

/** Two pixels side by side: pure red and pure green. */
const pixels = () => sharp(Buffer.from([255, 0, 0, 0, 255, 0]), { raw: { width: 2, height: 1, channels: 3 } });

describe('image.load', () => {
  test('from a file, rescaled', async () => {
    const x = await load(join(folder, 'gray.png'), { rescale: 1 / 255 });
    expect([x.dtype, x.shape]).toEqual(['float32', [4, 4, 3]]);
    for (const value of x.dataSync()) expect(value).toBeCloseTo(0.2, 6);
  });

  test.each(['png', 'jpeg', 'gif'] as const)('recognises %s by content', async (format) => {
    const bytes = await sharp(await solid(100, 8))
      .toFormat(format)
      .toBuffer();
    const x = await load(bytes);
    expect(x.shape).toEqual([8, 8, 3]);
    for (const value of x.dataSync()) expect(Math.abs(value - 100)).toBeLessThanOrEqual(1);
  });

  test('gives the channels asked for', async () => {
    const bytes = await pixels().png().toBuffer();
    expect((await load(bytes, { colorMode: 'rgba' })).array()).toEqual([
      [
        [255, 0, 0, 255],
        [0, 255, 0, 255],
      ],
    ]);
    // 0.299 · 255 and 0.587 · 255
    expect((await load(bytes, { colorMode: 'grayscale' })).array()).toEqual([[[76], [150]]]);
  });

  test('resizes: nearest repeats pixels, bilinear blends them', async () => {
    const bytes = await pixels().png().toBuffer();
    const red = async (interpolation: 'nearest' | 'bilinear') => {
      const x = await load(bytes, { targetSize: [1, 4], interpolation });
      return Array.from(x.dataSync()).filter((_, i) => i % 3 === 0);
    };
    expect(await red('nearest')).toEqual([255, 255, 0, 0]);
    expect(await red('bilinear')).toEqual([255, 191, 64, 0]);
  });

  test('many at once', async () => {
    const loaded = await Promise.all(Array.from({ length: 20 }, () => load(join(folder, 'gray.png'))));
    for (const x of loaded) expect(x.dataSync()[0]).toBe(51);
  });
});

describe('refusals', () => {
  test('a file that is not there is named', async () => {
    const file = join(folder, 'none.png');
    await expect(load(file)).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining(file),
    });
  });

  test('bytes that are no picture', async () => {
    await expect(load(Buffer.from('text'))).rejects.toMatchObject({ code: 'ERR_DATA_PICTURE' });
    await expect(load(Buffer.alloc(0))).rejects.toMatchObject({ code: 'ERR_DATA_PICTURE' });
    const truncated = (await solid(1, 64)).subarray(0, 60);
    await expect(load(truncated)).rejects.toMatchObject({ code: 'ERR_DATA_PICTURE' });
  });

  test('an unknown option', async () => {
    const options = { targetsize: [1, 1] } as object;
    await expect(load(join(folder, 'gray.png'), options)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
  });
});
