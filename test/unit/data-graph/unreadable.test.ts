import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { solid } from './picture-folder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unreadable-'));
  await chmod(folder, 0o755);
  for (const name of ['open/a', 'open/b', 'pictures/a', 'pictures/b', 'closed']) {
    await mkdir(join(folder, name), { recursive: true });
    if (name !== 'closed') await writeFile(join(folder, name, '1.png'), await solid(10, 4));
  }
  const file = join(folder, 'pictures', 'b', 'closed.png');
  await writeFile(file, await solid(20, 4));
  await chmod(file, 0o000);
  await chmod(join(folder, 'closed'), 0o000);
});
afterAll(async () => {
  await chmod(join(folder, 'closed'), 0o755);
  await rm(folder, { recursive: true });
});

test('what may not be read is named, and can be left out', { skip: process.platform === 'win32' }, async () => {
  const program = join(import.meta.dirname, 'unreadable-program.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, folder]);
  const file = join(folder, 'pictures', 'b', 'closed.png');
  const [first, ...others] = stdout.trim().split('\n');
  expect(first).toBe('2 pictures');
  expect(others).toEqual([
    expect.stringMatching(new RegExp(`^ERR_DATA_PICTURE ${file} .*[Pp]ermission denied`)),
    '2 pictures',
    expect.stringMatching(new RegExp(`^ERR_DATA_EMPTY ${join(folder, 'closed')} .*EACCES`)),
    expect.stringMatching(new RegExp(`^ERR_DATA_PICTURE image.load: ${file} .*EACCES`)),
    expect.stringMatching(new RegExp(`^TF_PERMISSION_DENIED .*${file}`)),
    expect.stringMatching(new RegExp(`^ERR_NOT_READABLE fromArrow: ${file} .*EACCES`)),
  ]);
});
