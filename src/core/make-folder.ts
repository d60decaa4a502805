import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../errors/errors.js';

/**
 * Makes a folder and those above it, as far as they are not there.
 *
 * Why not `mkdir` with `recursive`: Node 20 never comes back from it below `/proc`.
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  try {
    await mkdirIfMissing(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdirIfMissing(path);
  }
}

async function mkdirIfMissing(path: string): Promise<void> {
  await mkdir(path).catch(async (error) => {
    if (codeOf(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  });
}
