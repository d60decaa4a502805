import { mkdir, mkdtemp, readdir, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Tensor } from '../../../src/core/tensor.js';
import type { ColorMode } from '../../../src/data/decode.js';
import { imageDatasetFromDirectory } from '../../../src/data/directory-dataset.js';
import type { DirectoryFlowOptions } from '../../../src/data/directory-flow.js';
import { imageDataGenerator } from '../../../src/data/image-data-generator.js';
import type { ImageFlow } from '../../../src/data/image-flow.js';
import { dense, flatten } from '../../../src/layers/index.js';
import { sequential } from '../../../src/models/sequential.js';
import { lambdaCallback } from '../../../src/training/callbacks/index.js';

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

describe('formats that the library does not decode', () => {
  let cache: string;
  beforeAll(() => {
    cache = join(root, 'cache');
    vi.stubEnv('XDG_CACHE_HOME', cache);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });

  const cached = () => readdir(join(cache, 'libtensorflow-node', 'pictures'));
  const SVG =
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="6"><rect width="8" height="6" fill="rgb(200,100,50)"/></svg>';
  const make: Readonly<Record<string, () => Promise<Uint8Array> | string>> = {
    'x.webp': () => orange().webp({ lossless: true }).toBuffer(),
    'x.avif': () => orange().avif({ lossless: true }).toBuffer(),
    'x.tif': () => orange().tiff({ compression: 'lzw' }).toBuffer(),
    'x.TIFF': () => orange().toColourspace('rgb16').tiff().toBuffer(),
    'x.svg': () => SVG,
  };

  test.each(Object.entries(make))('%s is read in a flow of a folder, and of a table', async (name, bytes) => {
    const folder = await folderOf({ [name]: await bytes() });
    const flow = await open(folder);
    const rows = [{ filename: join(folder, 'a', name) }];
    const table = await imageDataGenerator().flowFromDataFrame(rows, {
      targetSize: [2, 2],
      classMode: null,
      verbose: 0,
    });
    for (const [pixel = []] of [await pixels(flow), await pixels(table)]) {
      expect(pixel.map((value, i) => Math.abs(value - ([200, 100, 50][i] ?? 0))).every((far) => far <= 2)).toBe(true);
    }
    expect(flow.filenames).toEqual([join('a', name)]);
  });

  test('are converted once, and anew when they change', async () => {
    const folder = await folderOf({ 'x.webp': await orange().webp({ lossless: true }).toBuffer() });
    const before = await cached();
    expect(await pixels(await open(folder))).toEqual([[200, 100, 50]]);
    expect(await pixels(await open(folder))).toEqual([[200, 100, 50]]);
    expect(await cached()).toHaveLength(before.length + 1);
    const blue = sharp({ create: { width: 3, height: 3, channels: 3, background: 'blue' } });
    await writeFile(join(folder, 'a', 'x.webp'), await blue.webp({ lossless: true }).toBuffer());
    expect(await pixels(await open(folder))).toEqual([[0, 0, 255]]);
  });

  test('an animation gives its first frame; alpha is kept where it is asked for', async () => {
    const frames = Buffer.concat([Buffer.alloc(144, 200), Buffer.alloc(144, 20)]);
    const raw = { width: 8, height: 12, channels: 3, pageHeight: 6 } as const;
    const folder = await folderOf({
      'animated.webp': await sharp(frames, { raw }).webp({ lossless: true }).toBuffer(),
      'seen through.webp': await orange().ensureAlpha(0.5).webp({ lossless: true }).toBuffer(),
    });
    expect(await pixels(await open(folder, { colorMode: 'rgba' }))).toEqual([
      [200, 200, 200, 255],
      [200, 100, 50, 127],
    ]);
  });

  const HEIC = Buffer.concat([Buffer.of(0, 0, 0, 24), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(64)]);
  test.each([
    ['cut.webp', async () => (await orange().webp().toBuffer()).subarray(0, 30), /cut\.webp cannot be read/],
    ['empty.tiff', async () => '', /empty\.tiff/],
    ['text.svg', async () => 'no picture', /text\.svg/],
    ['phone.heic', async () => HEIC, /phone\.heic .*HEVC.*JPEG or AVIF/],
    ['large.webp', async () => orange(40, 40).webp().toBuffer(), /large\.webp .*limit/],
  ])('%s is named by the error, or skipped', async (name, bytes, message) => {
    const folder = await folderOf({ [name]: await bytes(), 'whole.png': await orange().png().toBuffer() });
    const options = { maxPixels: 1000 };
    await expect(open(folder, options)).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringMatching(message),
    });
    const flow = await open(folder, { ...options, onError: 'skip' });
    expect(flow.skipped).toEqual([join('a', name)]);
    expect(await pixels(flow)).toEqual([[200, 100, 50]]);
  });

  test.each([
    ['tiff', () => orange().tiff().toBuffer()],
    ['webp', () => orange().ensureAlpha(0.5).webp().toBuffer()],
  ])('a %s that is called a PNG is to be renamed', async (format, make) => {
    const folder = await folderOf({ 'x.png': await make() });
    await expect(pixels(await open(folder))).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining(`rename it, since it is a ${format}`),
    });
  });
});

describe('photographs held any way', () => {
  const CORNER = Buffer.from([...[255, 0, 0], ...[0, 255, 0], ...[0, 0, 255], ...[255, 255, 0], ...Array(6).fill(128)]);
  /** Three fields by two of different colours, as JPEG. */
  const photo = async (orientation: number): Promise<Buffer> =>
    sharp(CORNER, { raw: { width: 3, height: 2, channels: 3 } })
      .resize(96, 64, { kernel: 'nearest' })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer();

  /** The same, its EXIF data with the high byte first. */
  function bigEndian(jpeg: Buffer): Buffer {
    const start = jpeg.indexOf('Exif') + 6;
    const orientation = jpeg.readUInt16LE(start + 18);
    const tiff = Buffer.from([...Buffer.from('MM\0*'), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]);
    const copy = Buffer.from(jpeg);
    tiff.copy(copy, start);
    return copy;
  }

  async function corners(flow: ImageFlow): Promise<number[][]> {
    const found: number[][] = [];
    for await (const [x] of flow) {
      const [, height = 0, width = 0, channels = 0] = x?.shape ?? [];
      const data = (x as Tensor<'float32'>).dataSync();
      for (const [row, column] of [
        [0, 0],
        [0, width - 1],
        [height - 1, 0],
        [height - 1, width - 1],
      ] as const) {
        const at = (row * width + column) * channels;
        found.push([...data.subarray(at, at + channels)].map((value) => Math.round(value / 128)));
      }
    }
    return found;
  }

  const whole = { targetSize: [64, 64], interpolation: 'nearest' } as const;

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', async (orientation) => {
    const jpeg = await photo(orientation);
    const upright = await sharp(jpeg).autoOrient().png().toBuffer();
    const expected = await corners(await open(await folderOf({ '1.png': upright }), whole));
    for (const bytes of [jpeg, bigEndian(jpeg)]) {
      expect(await corners(await open(await folderOf({ '1.jpg': bytes }), whole))).toEqual(expected);
    }
    const asTaken = await corners(await open(await folderOf({ '1.jpg': await photo(1) }), whole));
    const options = { ...whole, autoOrient: false };
    expect(await corners(await open(await folderOf({ '1.jpg': jpeg }), options))).toEqual(asTaken);
  });

  test('in a data set of a folder, beside pictures without EXIF data', async () => {
    const folder = await folderOf({ '1.jpg': await photo(6), '2.jpg': await orange().jpeg().toBuffer() });
    const options = { labels: null, shuffle: false, verbose: 0, batchSize: null, imageSize: [96, 64] } as const;
    const [turned] = await (await imageDatasetFromDirectory(folder, options)).toArray();
    const expected = await sharp(await photo(6))
      .autoOrient()
      .raw()
      .toBuffer();
    const values = (turned as Tensor<'float32'>).dataSync();
    const far = values.map((value, i) => Math.abs(value - (expected[i] ?? 0)));
    expect(far.reduce((sum, value) => sum + value, 0) / far.length).toBeLessThan(1);
    const [taken] = await (await imageDatasetFromDirectory(folder, { ...options, autoOrient: false })).toArray();
    expect(taken?.dataSync()).not.toEqual(turned?.dataSync());
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

  test.each([
    ['lossy', () => orange(50, 30).webp().toBuffer()],
    ['lossless', () => orange(50, 30).webp({ lossless: true }).toBuffer()],
  ])('a %s WebP that is called a PNG', async (_, make) => {
    const folder = await folderOf({ 'x.png': await make() });
    await expect(pixels(await open(folder, { maxPixels: 1499 }))).rejects.toMatchObject({
      message: expect.stringMatching(/maxPixels.*1499.*1500/),
    });
    await expect(pixels(await open(folder, { maxPixels: 1500 }))).resolves.toHaveLength(1);
  });

  test('a half transparent WebP likewise, by the header of its container', async () => {
    const folder = await folderOf({ 'x.png': await orange(50, 30).ensureAlpha(0.5).webp().toBuffer() });
    await expect(pixels(await open(folder, { maxPixels: 1499 }))).rejects.toMatchObject({
      message: expect.stringMatching(/maxPixels.*1499.*1500/),
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
  /** A model that trains on the folder, and does something to it when its first epoch ends. */
  async function fitWhile(folder: string, change: () => Promise<void>, options: DirectoryFlowOptions = {}) {
    const model = sequential({ layers: [flatten({ inputShape: [2, 2, 3] }), dense({ units: 1 })] });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    const generator = imageDataGenerator({ rescale: 1 / 255 });
    const flow = await generator.flowFromDirectory(folder, {
      targetSize: [2, 2],
      classMode: 'sparse',
      batchSize: 1,
      verbose: 0,
      ...options,
    });
    const changing = lambdaCallback({ onEpochEnd: (epoch) => (epoch === 0 ? change() : undefined) });
    return model.fit(flow, { epochs: 3, verbose: 0, callbacks: [changing] });
  }

  const trained = async (picture: Uint8Array) => {
    const folder = await folderOf({ '1.png': picture, '2.png': picture, '3.png': picture });
    await mkdir(join(folder, 'b'));
    await writeFile(join(folder, 'b', '1.png'), picture);
    return folder;
  };

  test.each<[string, (file: string, picture: Uint8Array) => Promise<void>]>([
    ['deleted', unlink],
    ['truncated', (file, picture) => writeFile(file, picture.subarray(0, 40))],
    ['emptied', (file) => writeFile(file, '')],
    ['replaced by text', (file) => writeFile(file, 'no picture')],
  ])('while a model trains: a picture that is %s ends the fit, naming it', async (_, harm) => {
    const picture = await orange().png().toBuffer();
    const folder = await trained(picture);
    const file = join(folder, 'a', '2.png');
    await expect(fitWhile(folder, () => harm(file, picture))).rejects.toMatchObject({
      code: 'ERR_DATA_PICTURE',
      message: expect.stringContaining(file),
    });
  });

  test('while a model trains: what is added is not seen, what is replaced is; kept in memory, nothing is', async () => {
    const picture = await orange().png().toBuffer();
    const folder = await trained(picture);
    const changed = async () => {
      await writeFile(join(folder, 'a', '0.png'), 'added, and no picture');
      await writeFile(join(folder, 'a', '1.png'), await orange(3, 3).jpeg().toBuffer());
    };
    expect((await fitWhile(folder, changed)).history.loss?.every(Number.isFinite)).toBe(true);
    await unlink(join(folder, 'a', '0.png'));
    const kept = await fitWhile(folder, () => rm(join(folder, 'a'), { recursive: true }), { cache: true });
    expect(kept.history.loss?.every(Number.isFinite)).toBe(true);
  });

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
