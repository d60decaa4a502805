import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkWritable, replaceFile } from '../../../../src/saving/hdf5/replace-file.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replace-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('checkWritable', () => {
  test('accepts a new name and an existing file, and leaves nothing behind', async () => {
    await checkWritable(join(folder, 'new.h5'));
    await writeFile(join(folder, 'old.h5'), 'old');
    await checkWritable(join(folder, 'old.h5'));
    expect(await readdir(folder)).toEqual(['old.h5']);
    expect(await readFile(join(folder, 'old.h5'), 'utf8')).toBe('old');
  });

  test('refuses a folder that does not exist, a path below a file, and a folder', async () => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'sub'));
    for (const path of ['missing/a.h5', 'file/a.h5', 'sub']) {
      await expect(checkWritable(join(folder, path))).rejects.toMatchObject({
        code: 'ERR_NOT_WRITABLE',
        message: expect.stringContaining(path),
      });
    }
  });
});

describe('replaceFile', () => {
  test('shows the old file until the new one is complete', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    await replaceFile(path, async (temporary) => {
      await writeFile(temporary, 'new');
      expect(await readFile(path, 'utf8')).toBe('old');
    });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('keeps the old file and removes the temporary one where writing fails', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    const failing = replaceFile(path, async (temporary) => {
      await writeFile(temporary, 'half');
      throw new Error('disk is on fire');
    });
    await expect(failing).rejects.toThrow('disk is on fire');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a']);
  });

  test('writes through a symbolic link', async () => {
    await writeFile(join(folder, 'target'), 'old');
    await symlink('target', join(folder, 'link'));
    await replaceFile(join(folder, 'link'), (temporary) => writeFile(temporary, 'new'));
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('new');
  });
});
