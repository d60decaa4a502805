import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repeatable-'));
  for (const name of ['red', 'blue']) {
    await mkdir(join(folder, name));
    for (let i = 0; i < 10; i++) {
      const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, at) => (name === 'red' ? 31 : 17) * (at + i));
      const raw = { width: 8, height: 8, channels: 3 } as const;
      await sharp(pixels, { raw })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function trained(seed: number): Promise<{ loss: number[]; hash: string }> {
  const program = resolve(import.meta.dirname, 'programs/repeatable.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, folder, String(seed)]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

test('one seed settles first weights, order, augmentation and dropout, bit for bit on one thread', async () => {
  const [first, again, other] = [await trained(5), await trained(5), await trained(6)];
  expect(first.loss.length).toBe(3);
  expect(again).toEqual(first);
  expect(other.hash).not.toBe(first.hash);
  expect(other.loss).not.toEqual(first.loss);
});
