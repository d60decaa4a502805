import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** A folder of pictures of one colour each, so that a pixel tells the file: `files` maps paths in it to grey values. */
export async function pictureFolder(files: Readonly<Record<string, number>>, size = 4): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pictures-'));
  for (const [path, gray] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await solid(gray, size));
  }
  return root;
}

export async function solid(gray: number, size: number): Promise<Buffer> {
  const background = { r: gray, g: gray, b: gray };
  return sharp({ create: { width: size, height: size, channels: 3, background } })
    .png()
    .toBuffer();
}
