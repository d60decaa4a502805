import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TensorFlowError } from '../../errors/errors.js';
import { isSavedModel } from '../../saving/saved-model-load.js';

/** Which versions of a base folder are served: the newest, so many of the newest, all, or these. */
export type VersionPolicy = 'latest' | { readonly latest: number } | 'all' | readonly number[];

/** A version on the disk. */
export interface Place {
  readonly version: number;
  readonly path: string;
}

/**
 * Versions, newest first. A path that is a model itself is version 1.
 *
 * @throws ERR_NOT_READABLE for a version that is asked for and not there
 */
export async function placesOf(path: string, policy: VersionPolicy): Promise<Place[]> {
  if (await isSavedModel(path)) return [{ version: 1, path }];
  const entries = await readdir(path).catch(() => []);
  const numbers = entries.filter((entry) => /^\d+$/.test(entry) && Number.isSafeInteger(Number(entry)));
  if (numbers.length === 0) return [{ version: 1, path }];
  const found = numbers
    .map((entry): Place => ({ version: Number(entry), path: join(path, entry) }))
    .sort((a, b) => b.version - a.version);
  if (policy === 'all') return found;
  if (policy === 'latest') return found.slice(0, 1);
  if ('latest' in policy) return found.slice(0, policy.latest);
  return policy.map((version) => {
    const one = found.find((place) => place.version === version);
    if (one) return one;
    const known = found.map((place) => place.version).join(', ');
    throw new TensorFlowError('ERR_NOT_READABLE', `'${path}' has no version ${version}; it has ${known}.`);
  });
}

/** Changes when the model is written anew. */
export async function stampOf(path: string): Promise<string> {
  const files = [path, join(path, 'saved_model.pb'), join(path, 'variables', 'variables.index')];
  const stamps = await Promise.all(files.map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return stamps.map((found) => (found ? `${found.ino}/${found.mtimeNs}` : '')).join();
}
