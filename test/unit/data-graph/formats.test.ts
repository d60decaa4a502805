import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tensor } from '../../../src/core/tensor.js';
import type { ColorMode } from '../../../src/data/decode.js';
import type { DirectoryFlowOptions } from '../../../src/data/directory-flow.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import type { ImageFlow } from '../../../src/data/image-flow.js';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder of one class, with these files in it. */
async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const folder = join(root, String(folders++));
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'a', name)), { recursive: true });
    await writeFile(join(folder, 'a', name), bytes);
  }
  return folder;
}

async function open(folder: string, options: DirectoryFlowOptions = {}) {
  return imageDataGenerator().flowFromDirectory(folder, {
    targetSize: [2, 2],
    classMode: null,
    verbose: 0,
    shuffle: false,
    ...options,
  });
}

/** The first pixel of each picture of a pass. */
async function pixels(flow: ImageFlow): Promise<number[][]> {
  const found: number[][] = [];
  for await (const [x] of flow) {
    const [count = 0, height = 0, width = 0, channels = 0] = x?.shape ?? [];
    const data = [...(x as Tensor<'float32'>).dataSync()];
    for (let i = 0; i < count; i++) found.push(data.slice(i * height * width * channels).slice(0, channels));
  }
  return found;
}

const ORANGE = { r: 200, g: 100, b: 50 };
const orange = (width = 8, height = 6): Sharp => sharp({ create: { width, height, channels: 3, background: ORANGE } });

const noise = (): Sharp => {
  const values = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7919) % 251);
  return sharp(values, { raw: { width: 64, height: 64, channels: 3 } });
};

/** 24 bits for each pixel, as the format's description says; a negative height: rows run downwards. */
function bmp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54 + Math.abs(height) * width * 3);
  bytes.write('BM');
  for (const [at, value] of [
    [2, bytes.length],
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ] as const) {
    bytes.writeInt32LE(value, at);
  }
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let at = 54; at < bytes.length; at += 3) bytes.set([50, 100, 200], at);
  return bytes;
}

const FORMATS: Readonly<Record<string, () => Promise<Uint8Array> | Uint8Array>> = {
  'a PNG': () => orange().png().toBuffer(),
  'a JPEG': () => orange().jpeg({ quality: 100 }).toBuffer(),
  'a progressive JPEG': () => orange().jpeg({ quality: 100, progressive: true }).toBuffer(),
  'a GIF': () => orange().gif().toBuffer(),
  'a BMP': () => bmp(4, 3),
  'a BMP from top to bottom': () => bmp(4, -3),
  'a palette PNG': () => orange().png({ palette: true }).toBuffer(),
  'a PNG of 16 bits': () => orange().toColourspace('rgb16').png().toBuffer(),
  'a PNG with alpha': () => orange().ensureAlpha(0.5).png().toBuffer(),
  'one pixel': () => orange(1, 1).png().toBuffer(),
  'one pixel as JPEG': () => orange(1, 1).jpeg({ quality: 100 }).toBuffer(),
};

describe.each(Object.entries(FORMATS))('%s', (name, make) => {
  test.each<[ColorMode, number[]]>([
    ['rgb', [200, 100, 50]],
    ['grayscale', [124]],
    ['rgba', [200, 100, 50, name.includes('alpha') ? 127 : 255]],
  ])('is read as %s, whatever its name ends in', async (colorMode, expected) => {
    const folder = await folderOf({ 'x.png': await make(), 'x.jpg': await make() });
    for (const pixel of await pixels(await open(folder, { colorMode }))) {
      expect(pixel).toHaveLength(expected.length);
      for (const [i, value] of pixel.entries()) expect(Math.abs(value - (expected[i] ?? 0))).toBeLessThanOrEqual(1);
    }
  });
});

test('an animated GIF gives its first frame, a CMYK JPEG its colours, grey ones three equal channels', async () => {
  const frames = Buffer.concat([Buffer.alloc(144, 200), Buffer.alloc(144, 20)]);
  const raw = { width: 8, height: 12, channels: 3, pageHeight: 6 } as const;
  const folder = await folderOf({
    'animated.gif': await sharp(frames, { raw })
      .gif({ delay: [50, 50] })
      .toBuffer(),
    'cmyk.jpg': await orange().toColourspace('cmyk').jpeg().toBuffer(),
    'grey.jpg': await orange().toColourspace('b-w').jpeg().toBuffer(),
  });
  const [animated = [], [red = 0, green = 0, blue = 0] = [], grey = []] = await pixels(await open(folder));
  expect(animated).toEqual([200, 200, 200]);
  expect(red > 150 && red > green && green > blue).toBe(true);
  expect(new Set(grey).size).toBe(1);
});

describe('files that are no pictures', () => {
  const broken: Readonly<Record<string, () => Promise<Uint8Array | string> | Uint8Array | string>> = {
    'text.png': () => 'no picture',
    'empty.png': () => '',
    'one byte.png': () => Uint8Array.of(0x89),
    'cut.png': async () => (await orange().png().toBuffer()).subarray(0, -20),
    'header only.png': async () => (await orange().png().toBuffer()).subarray(0, 24),
    'cut.jpg': async () => (await noise().jpeg().toBuffer()).subarray(0, -500),
    'start only.jpg': () => Uint8Array.of(0xff, 0xd8),
    'cut.gif': async () => (await orange().gif().toBuffer()).subarray(0, 30),
    'cut.bmp': () => bmp(4, 3).subarray(0, 60),
    'tiff.png': () => orange().tiff().toBuffer(),
  };

  test.each(Object.entries(broken))('%s is named by the error', async (name, make) => {
    const folder = await folderOf({ [name]: await make(), 'whole.png': await orange().png().toBuffer() });
    await expect(pixels(await open(folder))).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining(join(folder, 'a', name)),
    });
  });

  test('are all counted when they are skipped', async () => {
    const made = await Promise.all(Object.entries(broken).map(async ([name, make]) => [name, await make()] as const));
    const folder = await folderOf({ ...Object.fromEntries(made), 'whole.png': await orange().png().toBuffer() });
    const flow = await open(folder, { onError: 'skip' });
    expect(flow.skipped).toHaveLength(made.length);
    expect(await pixels(flow)).toEqual([[200, 100, 50]]);
  });
});

describe('large pictures', () => {
  /** A header of 20,000 × 20,000 pixels, and nothing behind it. */
  const headers = {
    'png.png': async () => {
      const bytes = (await orange().png().toBuffer()).subarray(0, 33);
      bytes.writeInt32BE(20_000, 16);
      bytes.writeInt32BE(20_000, 20);
      return bytes;
    },
    'gif.gif': () => Buffer.from([...Buffer.from('GIF89a'), 0x20, 0x4e, 0x20, 0x4e, 0, 0, 0]),
    'bmp.bmp': () => {
      const bytes = bmp(2, 2);
      bytes.writeInt32LE(20_000, 18);
      bytes.writeInt32LE(-20_000, 22);
      return bytes;
    },
    'jpeg.jpg': async () => {
      const bytes = await orange().jpeg().toBuffer();
      const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
      bytes.writeUInt16BE(20_000, frame + 5);
      bytes.writeUInt16BE(20_000, frame + 7);
      return bytes;
    },
  };

  test.each(Object.entries(headers))('%s is refused by its header', async (name, make) => {
    const folder = await folderOf({ [name]: await make() });
    await expect(pixels(await open(folder))).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringMatching(/maxPixels.*400000000/),
    });
  });

  test('the limit is an option', async () => {
    const folder = await folderOf({
      '1.png': await orange(5, 5).png().toBuffer(),
      '2.jpg': await orange().jpeg().toBuffer(),
    });
    expect(await pixels(await open(folder, { maxPixels: 48 }))).toHaveLength(2);
    expect((await open(folder, { maxPixels: 30, onError: 'skip' })).skipped).toEqual([join('a', '2.jpg')]);
    await expect(open(folder, { maxPixels: 0 })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  });
});

describe('names', () => {
  test('may have spaces, any characters and line breaks', async () => {
    const names = ['a b.png', 'naïve 画像 🐶.png', 'two\nlines.png', 'quote\'s "x".png', '%20.png', '-rf.png', ' .png'];
    const picture = await orange().png().toBuffer();
    const folder = await folderOf(Object.fromEntries(names.map((name) => [name, picture])));
    const flow = await open(folder);
    expect(await pixels(flow)).toHaveLength(names.length);
    expect([...flow.filenames].sort()).toEqual(names.map((name) => join('a', name)).sort());
    await writeFile(join(folder, 'a', 'two\nlines.png'), 'x');
    await expect(pixels(flow)).rejects.toMatchObject({ message: expect.stringContaining('two\nlines.png') });
  });

  test('of classes likewise', async () => {
    const folder = await folderOf({ 'x.png': await orange().png().toBuffer() });
    await mkdir(join(folder, 'ünïcode\nclass'));
    await writeFile(join(folder, 'ünïcode\nclass', '1.png'), await orange().png().toBuffer());
    expect((await open(folder)).classIndices).toEqual({ a: 0, 'ünïcode\nclass': 1 });
  });
});

describe('a folder that changes', () => {
  test('a picture that is gone is named, one that is new is not seen', async () => {
    const picture = await orange().png().toBuffer();
    const folder = await folderOf({ '1.png': picture, '2.png': picture });
    const flow = await open(folder, { batchSize: 1 });
    expect(await pixels(flow)).toHaveLength(2);
    await writeFile(join(folder, 'a', '3.png'), picture);
    expect(await pixels(flow)).toHaveLength(2);
    await unlink(join(folder, 'a', '2.png'));
    await expect(pixels(flow)).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining('2.png'),
    });
    await writeFile(join(folder, 'a', '2.png'), picture);
    expect(await pixels(flow)).toHaveLength(2);
  });

  test('a folder named like a picture is none; a link to itself neither', async () => {
    const folder = await folderOf({
      '1.png': await orange().png().toBuffer(),
      'x.png/2.png': await orange().png().toBuffer(),
    });
    await symlink('loop.png', join(folder, 'a', 'loop.png'));
    await symlink('..', join(folder, 'a', 'up'));
    expect((await open(folder, { followLinks: true })).filenames).toEqual([
      join('a', '1.png'),
      join('a', 'x.png', '2.png'),
    ]);
  });
});
