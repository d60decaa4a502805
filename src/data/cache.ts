import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

const BASES: Readonly<Partial<Record<NodeJS.Platform, (home: string, env: Environment) => string>>> = {
  darwin: (home) => join(home, 'Library', 'Caches'),
  win32: (home, env) => env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
};

/** The per-user cache folder of this package: the same one that holds the fetched libtensorflow. */
export function cacheRoot(env: Environment = process.env): string {
  const home = env.HOME || homedir();
  const base = BASES[process.platform]?.(home, env) ?? join(home, '.cache');
  return join(env.XDG_CACHE_HOME || base, 'libtensorflow-node');
}

/** Where a file of a public dataset is kept, whether it is there or not. */
export function datasetFile(name: string, env: Environment = process.env): string {
  return join(cacheRoot(env), 'datasets', name);
}

/**
 * Makes `file` by an atomic rename: `write` fills the path that it is given, in a temporary folder beside `file` that is
 * this call's alone and is removed in any case.
 *
 * @returns what `write` answered.
 * @throws TensorFlowError `ERR_NOT_WRITABLE` when the folder of `file` cannot be written.
 */
export async function makeAtomically<T>(file: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const folder = await temporaryFolder(file);
  try {
    const temporary = join(folder, basename(file));
    const answer = await write(temporary);
    await rename(temporary, file);
    return answer;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function temporaryFolder(file: string): Promise<string> {
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true });
    return await mkdtemp(join(folder, `.unfinished-${basename(file)}-`));
  } catch (cause) {
    throw new TensorFlowError(
      'ERR_NOT_WRITABLE',
      `the cache folder ${folder} cannot be written (${codeOf(cause) ?? messageOf(cause)}); make it writable, or set XDG_CACHE_HOME to another folder.`,
      { cause },
    );
  }
}
