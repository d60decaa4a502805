import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import { type Tensor, tensor } from '../../../src/core/tensor.js';
import { load, resize, save } from '../../../src/data/image.js';
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

/** Six fields of different colours, so that every turn looks different. */
async function fields(): Promise<Buffer> {
  const colors = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 128, 128, 128];
  return sharp(Buffer.from(colors), { raw: { width: 3, height: 2, channels: 3 } })
    .resize(48, 32, { kernel: 'nearest' })
    .png()
    .toBuffer();
}

function distance(x: Tensor, expected: ArrayLike<number>): number {
  const values = x.dataSync() as ArrayLike<number>;
  expect(values.length).toBe(expected.length);
  return (
    Array.from(values, (value, i) => Math.abs(value - (expected[i] as number))).reduce((a, b) => a + b, 0) /
    values.length
  );
}

describe('image.load through sharp', () => {
  test.each([
    ['webp', 5],
    ['avif', 1],
    ['tiff', 0],
  ] as const)('%s', async (format, tolerance) => {
    const bytes = await fields();
    const x = await load(await sharp(bytes).toFormat(format, { quality: 100 }).toBuffer());
    expect(x.shape).toEqual([32, 48, 3]);
    expect(distance(x, (await load(bytes)).dataSync())).toBeLessThanOrEqual(tolerance);
  });

  test('SVG, data URIs, sharp objects, 16 bits and palettes', async () => {
    const bytes = await fields();
    const expected = (await load(bytes)).dataSync();
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><rect width="4" height="3" fill="red"/></svg>';
    for (const source of [Buffer.from(svg), `data:image/svg+xml,${encodeURIComponent(svg)}`]) {
      const x = await load(source);
      expect(x.shape).toEqual([3, 4, 3]);
      expect([...x.dataSync().subarray(0, 3)]).toEqual([255, 0, 0]);
    }
    expect(distance(await load(`data:image/png;base64,${bytes.toString('base64')}`), expected)).toBe(0);
    expect(distance(await load(sharp(bytes)), expected)).toBe(0);
    expect(distance(await load(await sharp(bytes).toColourspace('rgb16').png().toBuffer()), expected)).toBe(0);
    expect(distance(await load(await sharp(bytes).png({ palette: true }).toBuffer()), expected)).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('a JPEG held as EXIF orientation %i says', async (orientation) => {
    const jpeg = await sharp(await fields())
      .jpeg()
      .withMetadata({ orientation })
      .toBuffer();
    const { data, info } = await sharp(jpeg).autoOrient().raw().toBuffer({ resolveWithObject: true });
    const x = await load(jpeg);
    expect(x.shape).toEqual([info.height, info.width, 3]);
    expect(distance(x, data)).toBeLessThan(1);
    expect((await load(jpeg, { autoOrient: false })).shape).toEqual([32, 48, 3]);
  });
});

describe('image.save', () => {
  test.each([
    ['png', 0],
    ['tiff', 0],
    ['gif', 0],
    ['avif', 1],
    ['webp', 5],
    ['jpg', 5],
  ] as const)('%s comes back', async (ending, tolerance) => {
    const x = await load(await fields());
    const file = join(folder, `saved.${ending}`);
    await save(file, x, { quality: 100 });
    expect(distance(await load(file), x.dataSync())).toBeLessThanOrEqual(tolerance);
  });

  test('values of 0 … 1, grey, alpha, bytes', async () => {
    const file = join(folder, 'values.png');
    await save(file, tensor([[[0], [0.2], [2]]]), { rescale: 255 });
    expect((await load(file, { colorMode: 'grayscale' })).array()).toEqual([[[0], [51], [255]]]);
    await save(file, tensor(Uint8Array.of(1, 2, 3, 4), [1, 1, 4]));
    expect((await load(file, { colorMode: 'rgba' })).array()).toEqual([[[1, 2, 3, 4]]]);
  });

  test('refuses what no picture can be', async () => {
    const x = tensor([[[0]]]);
    await expect(save(join(folder, 'x.bmpp'), x)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
    await expect(save(join(folder, 'x.png'), x.expandDims(0))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(save(join(folder, 'x.jpg'), tensor([[[1, 2, 3, 4]]]))).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(save(join(folder, 'gray.png', 'x.png'), x)).rejects.toMatchObject({ code: 'ERR_NOT_WRITABLE' });
  });
});

describe('image.resize', () => {
  const x = tensor([
    [[0], [4]],
    [[8], [12]],
  ]);

  test('of tensors, one or several, and in a graph', async () => {
    expect((await resize(x, [1, 1], { method: 'area' })).array()).toEqual([[[6]]]);
    expect((await resize(x.expandDims(0), [1, 4], { method: 'nearest' })).shape).toEqual([1, 1, 4, 1]);
    using program = new Program();
    const f = program.function('f', { x: spec('float32', [null, null, 1]) }, ({ x }) => ({ y: resize(x, [2, 4]) }));
    const { y } = await f({ x });
    expect(y.array()).toEqual((await resize(x, [2, 4])).array());
    expect(y.array()).toEqual([
      [[0], [1], [3], [4]],
      [[8], [9], [11], [12]],
    ]);
  });

  test('refuses other ranks and unknown methods', async () => {
    await expect(resize(tensor([1, 2]), [1, 1])).rejects.toMatchObject({ code: 'ERR_SHAPE' });
    await expect(resize(x, [1, 1], { method: 'linear' as never })).rejects.toMatchObject({ code: 'ERR_UNKNOWN_NAME' });
  });
});

describe('refusals', () => {
  test('pictures with too many pixels, whoever decodes them', async () => {
    const png = await fields();
    for (const bytes of [png, await sharp(png).webp().toBuffer(), await sharp(png).jpeg().toBuffer()]) {
      await expect(load(bytes, { maxPixels: 1535 })).rejects.toMatchObject({ code: 'ERR_DATA_PICTURE' });
      expect((await load(bytes, { maxPixels: 1536 })).shape).toEqual([32, 48, 3]);
    }
  });

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
