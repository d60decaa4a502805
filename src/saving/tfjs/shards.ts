import { createHash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryBeside } from '../../core/replace-path.js';
import { codeOf, messageOf, TensorFlowError } from '../../errors/errors.js';

/** As in tfjs' converter: browsers keep files of this size. */
const SHARD_BYTES = 2 ** 22;

/** Names that {@link writeShards} and tfjs give. */
export const SHARD_NAME = /^group\d+-shard\d+of\d+(-[0-9a-f]+)?(\.bin)?$/;

/**
 * Writes bytes as files of 4 MiB beside a `model.json`. Their names have a part of their content's hash, so that files an
 * older `model.json` names stay as they are.
 *
 * @param bytes how many there will be
 * @param commit writes what names the files; when it, or a piece, fails, the files are removed again
 * @returns their names
 */
export async function writeShards(
  folder: string,
  bytes: number,
  pieces: AsyncIterable<Uint8Array>,
  commit: (names: readonly string[]) => Promise<void>,
): Promise<string[]> {
  const count = Math.ceil(bytes / SHARD_BYTES);
  const names: string[] = [];
  const made: string[] = [];
  try {
    for await (const shard of cut(pieces)) {
      const hash = createHash('sha256').update(shard).digest('hex').slice(0, 12);
      const name = `group1-shard${names.length + 1}of${count}-${hash}.bin`;
      names.push(name);
      if (await writeNew(join(folder, name), shard)) made.push(name);
    }
    await commit(names);
    return names;
  } catch (error) {
    await removeShards(folder, made);
    throw error;
  }
}

/** Removes files of weights. */
export async function removeShards(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true });
}

/** Pieces of any size as pieces of the size of a file, the last one shorter. */
async function* cut(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const shard = Buffer.allocUnsafeSlow(SHARD_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + SHARD_BYTES - filled);
      shard.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < SHARD_BYTES) continue;
      yield shard;
      filled = 0;
    }
  }
  if (filled > 0) yield shard.subarray(0, filled);
}

/** Writes a file whole or not at all; whether there was none before. */
async function writeNew(path: string, bytes: Uint8Array): Promise<boolean> {
  const temporary = temporaryBeside(path);
  try {
    const isNew = await stat(path).then(() => false, (error) => codeOf(error) === 'ENOENT'); // biome-ignore format: short
    {
      await using file = await open(temporary, 'wx');
      await file.writeFile(bytes);
      await file.sync();
    }
    await rename(temporary, path);
    return isNew;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new TensorFlowError('ERR_NOT_WRITABLE', `'${path}' cannot be written: ${messageOf(cause)}.`, { cause });
  }
}
