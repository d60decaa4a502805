import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { imageGrid, type PictureTensor } from '../../../src/plots/index.js';

type Color = readonly [number, number, number];
const RED: Color = [255, 0, 0];
const GREEN: Color = [0, 255, 0];
const BLUE: Color = [0, 0, 255];
const WHITE: Color = [255, 255, 255];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function plain(color: Color, width = 4, height = 4): Promise<string> {
  const file = join(temporaryFolder(), 'picture.png');
  const [r, g, b] = color;
  await sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toFile(file);
  return file;
}

function tensor(shape: number[], dtype: string, values: Float32Array | Int32Array | Uint8Array): PictureTensor {
  return { shape, dtype, data: async () => values };
}

/** The grid as PNG: its size, and the colour at a place. */
async function drawn(...[pictures, options]: Parameters<typeof imageGrid>) {
  const file = join(temporaryFolder(), 'grid.png');
  await imageGrid(pictures, { ...options, file });
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
  return { size: [info.width, info.height], at };
}

test('pictures stand row by row, with white between them', async () => {
  const files = [await plain(RED), await plain(GREEN), await plain(BLUE)];
  const { size, at } = await drawn(files, { columns: 2, scale: 10 });
  expect(size).toEqual([10 + 2 * 50, 10 + 2 * 50]);
  expect([at(10, 10), at(49, 49)]).toEqual([RED, RED]);
  expect([at(60, 10), at(99, 49)]).toEqual([GREEN, GREEN]);
  expect([at(10, 60), at(49, 99)]).toEqual([BLUE, BLUE]);
  for (const [x, y] of [
    [9, 30],
    [50, 30],
    [59, 30],
    [30, 55],
    [80, 80],
  ] as const)
    expect(at(x, y)).toEqual(WHITE);
});

test('enlarged pixels stay squares', async () => {
  const { at } = await drawn(tensor([1, 2, 3], 'uint8', Uint8Array.of(...RED, ...BLUE)), { scale: 20 });
  expect([at(10, 10), at(29, 29), at(30, 10), at(49, 29)]).toEqual([RED, RED, BLUE, BLUE]);
});

test('small pictures are shown larger and large ones smaller', async () => {
  expect((await drawn(await plain(RED, 32, 32), {})).size).toEqual([180, 180]);
  expect((await drawn(await plain(RED, 320, 160), {})).size).toEqual([180, 100]);
});

test('a smaller picture stands in the middle of its place', async () => {
  const { size, at } = await drawn([await plain(RED, 40, 40), await plain(BLUE, 20, 20)], { columns: 2, scale: 1 });
  expect(size).toEqual([110, 60]);
  expect([at(65, 30), at(70, 20), at(89, 39), at(92, 30)]).toEqual([WHITE, BLUE, BLUE, WHITE]);
});

test.each([
  ['floats up to 1', 'float32', Float32Array.of(0, 0.5, 1, 0)],
  ['floats up to 255', 'float32', Float32Array.of(0, 127.6, 255, -3)],
  ['whole numbers', 'int32', Int32Array.of(0, 128, 300, -1)],
  ['bytes', 'uint8', Uint8Array.of(0, 128, 255, 0)],
])('tensors of %s, in grey', async (_, dtype, values) => {
  const { at } = await drawn(tensor([2, 2], dtype, values), { scale: 10 });
  expect([at(15, 15), at(25, 15), at(15, 25), at(25, 25)].map(([grey]) => grey)).toEqual([0, 128, 255, 0]);
});

test('a batch is as many pictures', async () => {
  const { size, at } = await drawn(tensor([2, 1, 1, 3], 'uint8', Uint8Array.of(...RED, ...GREEN)), { scale: 30 });
  expect(size).toEqual([10 + 2 * 40, 50]);
  expect([at(20, 20), at(60, 20)]).toEqual([RED, GREEN]);
});

test('bytes of a picture file are a picture, and SVG comes back without a file', async () => {
  const svg = await imageGrid([readFileSync(await plain(RED))], { titles: ['a < b & c'] });
  expect(await sharp(Buffer.from(svg)).metadata()).toMatchObject({ format: 'svg', width: 180, height: 202 });
  expect(svg).toContain('>a &#60; b &#38; c</text>');
});

test('a title stands above its picture, in letters that fit', async () => {
  const picture = await plain(RED, 32, 32);
  const { size, at } = await drawn([picture], { titles: ['HHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHHH'] });
  expect(size).toEqual([180, 202]);
  const line = Array.from({ length: 180 }, (_, x) => Array.from({ length: 20 }, (_, y) => at(x, y + 10)[0] ?? 255));
  const dark = line.map((column) => Math.min(...column) < 160);
  expect(dark.filter(Boolean).length).toBeGreaterThan(20);
  expect(dark.indexOf(true)).toBeGreaterThanOrEqual(9);
  expect(dark.lastIndexOf(true)).toBeLessThanOrEqual(170);
});

test.each([
  ['no pictures', [], {}, 'ERR_DATA_EMPTY', 'no pictures'],
  ['a missing file', ['nowhere.png'], {}, 'ERR_DATA_PICTURE', 'nowhere.png'],
  ['bytes that are no picture', [Uint8Array.of(1, 2, 3)], {}, 'ERR_DATA_PICTURE', '3 bytes'],
  ['a vector', [tensor([4], 'uint8', new Uint8Array(4))], {}, 'ERR_SHAPE', '[4]'],
  ['five channels', [tensor([2, 2, 5], 'uint8', new Uint8Array(20))], {}, 'ERR_SHAPE', '[2, 2, 5]'],
  ['half a column', ['a.png'], { columns: 1.5 }, 'ERR_ARGUMENT', '1.5'],
  ['a scale of nothing', ['a.png'], { scale: 0 }, 'ERR_ARGUMENT', 'scale'],
  ['another kind of file', ['a.png'], { file: 'grid.gif' }, 'ERR_ARGUMENT', 'grid.gif'],
])('refuses %s', async (_, pictures, options, code, part) => {
  await expect(imageGrid(pictures, options)).rejects.toMatchObject({ code, message: expect.stringContaining(part) });
});

test('a truncated picture is named, and the grid that was there stays', async () => {
  const folder = temporaryFolder();
  const noise = Buffer.from(Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 31) % 251));
  const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .png()
    .toBuffer();
  const [short, file] = [join(folder, 'short.png'), join(folder, 'grid.png')];
  writeFileSync(short, whole.subarray(0, whole.length / 2));
  writeFileSync(file, 'old');
  await expect(imageGrid([short], { file })).rejects.toMatchObject({
    code: 'ERR_DATA_PICTURE',
    message: expect.stringContaining(short),
  });
  expect(readFileSync(file, 'utf8')).toBe('old');
});
