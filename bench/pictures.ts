import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';
import * as tf from '../src/index.js';
import type { PictureKind } from './workloads.js';

const JPEGS_PER_CLASS = 125;
const SIDE = 224;

/** Whether CIFAR-10's pictures are there. */
export function hasPictures(data: string): boolean {
  return existsSync(sourceOf(data));
}

/** A folder of pictures of this kind, a sub-folder for each class; made from CIFAR-10 where it is not there. */
export async function pictureFolder(kind: PictureKind, data: string, scratch: string): Promise<string> {
  const source = sourceOf(data);
  if (!hasPictures(data)) {
    console.log(`Writing CIFAR-10 as pictures to ${data} …`);
    await tf.datasets.cifar10.saveImages(data);
  }
  return kind === 'png32' ? source : blownUp(source, join(scratch, kind));
}

function sourceOf(data: string): string {
  return resolve(data, 'data1/train');
}

/** Some of the pictures of each class, as JPEG files of another size. */
async function blownUp(source: string, folder: string): Promise<string> {
  if (existsSync(folder)) return folder;
  for (const label of await readdir(source)) {
    const names = (await readdir(join(source, label))).sort().slice(0, JPEGS_PER_CLASS);
    for (const name of names) {
      const file = join(folder, label, name.replace(/png$/, 'jpg'));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(
        file,
        await sharp(join(source, label, name))
          .resize(SIDE, SIDE)
          .jpeg({ quality: 90 })
          .toBuffer(),
      );
    }
  }
  return folder;
}
