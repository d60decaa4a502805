import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, TensorFlowError } from '../../errors/errors.js';

/** Where a file written to `path` really goes: a symbolic link stays, its target is replaced. */
async function targetOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}

function temporaryBeside(target: string): string {
  return join(dirname(target), `.${randomUUID()}.tmp`);
}

function notWritable(path: string, reason: string, cause?: unknown): TensorFlowError {
  return new TensorFlowError(
    'ERR_NOT_WRITABLE',
    `"${path}" cannot be written: ${reason}. Choose a path in an existing folder that you may write to.`,
    { cause },
  );
}

/**
 * Makes sure that a file can be written to `path`, by creating and removing a temporary one in its folder.
 * Called before a training that will save there.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE`
 */
export async function checkWritable(path: string): Promise<void> {
  const target = await targetOf(path);
  const existing = await stat(target).catch(() => undefined);
  if (existing?.isDirectory()) throw notWritable(path, 'it is a folder');
  const temporary = temporaryBeside(target);
  try {
    await (await open(temporary, 'wx')).close();
    await rm(temporary);
  } catch (error) {
    throw notWritable(path, messageOf(error), error);
  }
}

/**
 * Writes a file so that `path` is at every moment either the old file or the whole new one: `write` creates the file
 * at the temporary path it is given, which then takes the name `path`. If `write` fails, the temporary is removed, the
 * old file stays, and the failure is passed on.
 *
 * @throws TensorFlowError `ERR_NOT_WRITABLE`
 */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  await checkWritable(path);
  const target = await targetOf(path);
  const temporary = temporaryBeside(target);
  try {
    await write(temporary);
    await flushToDisk(temporary);
    await rename(temporary, target).catch((error) => {
      throw notWritable(path, messageOf(error), error);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Why: without it a power cut after the rename can leave an empty file under the good name. */
async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
