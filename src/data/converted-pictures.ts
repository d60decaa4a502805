import { createHash } from 'node:crypto';
import { access, stat, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { cacheRoot, makeAtomically } from './cache.js';
import { concurrently } from './concurrently.js';
import { CONVERTED_EXTENSIONS, pictureBytes } from './picture-bytes.js';

/**
 * Pictures that the library decodes in place of files that it does not (WebP, AVIF, TIFF, SVG), told by their endings:
 * PNGs made by sharp, kept in the user's cache folder until the file changes.
 *
 * @param onError with `skip`, a file that cannot be converted keeps its own path
 * @returns a path for each file: its own, or that of the PNG
 * @throws ERR_DATA_PICTURE, naming the file
 */
export async function convertedPictures(
  files: readonly string[],
  maxPixels: number,
  onError: 'throw' | 'skip' = 'throw',
): Promise<string[]> {
  const paths = [...files];
  const others = [...files.entries()].filter(([, file]) => CONVERTED_EXTENSIONS.includes(endingOf(file)));
  await concurrently(others, availableParallelism(), async ([index, file]) => {
    paths[index] = await converted(file, maxPixels).catch((cause: unknown) => {
      if (onError === 'skip') return file;
      throw new TensorFlowError(
        'ERR_DATA_PICTURE',
        `${file} cannot be read as a picture (${messageOf(cause)}); remove it.`,
        { cause },
      );
    });
  });
  return paths;
}

async function converted(file: string, maxPixels: number): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  const key = createHash('sha256')
    .update(`${resolve(file)}\n${size}\n${mtimeMs}`)
    .digest('hex');
  const png = join(cacheRoot(), 'pictures', `${key}.png`);
  const known = await access(png).then(
    () => true,
    () => false,
  );
  if (!known) {
    const bytes = await pictureBytes(file, maxPixels);
    await makeAtomically(png, (temporary) => writeFile(temporary, bytes));
  }
  return png;
}

function endingOf(file: string): string {
  return extname(file).slice(1).toLowerCase();
}
