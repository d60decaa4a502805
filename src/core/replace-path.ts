import { randomUUID } from 'node:crypto';
import { readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, TensorFlowError } from '../errors/errors.js';
import { makeFolder } from './make-folder.js';

/** A name nobody has, in the folder of `path`. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
}

function notWritable(path: string, error: unknown): TensorFlowError {
  const reason = messageOf(error);
  return new TensorFlowError('ERR_NOT_WRITABLE', `'${path}' cannot be written: ${reason}. Choose another path.`, {
    cause: error,
  });
}

/**
 * Writes a folder so that `path` is at every moment the old one or the whole new one, but for the instant between two
 * renames: `write` fills a temporary folder beside it, which then takes its name.
 *
 * @param mayReplace whether a folder with these entries may be replaced; an empty one always may
 * @throws ERR_NOT_WRITABLE
 */
export async function replaceFolder(
  path: string,
  mayReplace: (entries: readonly string[]) => boolean,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = await realpath(path).catch(() => resolve(path));
  const exists = await checkReplaceable(target, mayReplace);
  const temporary = temporaryBeside(target);
  await makeFolder(temporary).catch((error) => {
    throw notWritable(path, error);
  });
  try {
    await write(temporary);
    await moveInto(target, temporary, exists).catch((error) => {
      throw notWritable(path, error);
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function moveInto(target: string, temporary: string, exists: boolean): Promise<void> {
  if (!exists) return rename(temporary, target);
  const old = temporaryBeside(target);
  await rename(target, old);
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function checkReplaceable(target: string, mayReplace: (entries: readonly string[]) => boolean): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return false;
  if (!found.isDirectory()) throw notWritable(target, new Error('it is a file'));
  const entries = await readdir(target);
  if (entries.length > 0 && !mayReplace(entries)) {
    throw notWritable(target, new Error('the folder holds something else, which would be lost'));
  }
  return true;
}

/**
 * Writes several files of one name and different endings: `write` is given a temporary name, and the files it made are
 * renamed in this order, the last one making the rest count.
 *
 * @throws ERR_NOT_WRITABLE
 */
export async function replaceFiles(
  prefix: string,
  endings: readonly string[],
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(resolve(prefix));
  await makeFolder(dirname(temporary)).catch((error) => {
    throw notWritable(prefix, error);
  });
  try {
    await write(temporary);
    for (const ending of endings) {
      await rename(temporary + ending, prefix + ending).catch((error) => {
        throw notWritable(prefix, error);
      });
    }
  } finally {
    await Promise.all(endings.map((ending) => rm(temporary + ending, { force: true })));
  }
}
