import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from '../../../deps/find.mjs';
import { cacheRoot, makeAtomically } from '../../../src/data/cache.js';
import { temporaryFolder } from './temporary-folder.js';

test.each([{ XDG_CACHE_HOME: '/somewhere' }, { HOME: '/home/someone' }, { HOME: '/home/someone', XDG_CACHE_HOME: '' }])(
  'lies where the fetched libtensorflow lies: %j',
  (env) => {
    expect(cacheRoot(env)).toBe(dirname(cacheFolder(env)));
  },
);

test('a file appears whole, and nothing else with it', async () => {
  const file = join(temporaryFolder(), 'below', 'data.bin');
  const answer = await makeAtomically(file, async (temporary) => {
    await writeFile(temporary, 'all of it');
    expect(existsSync(file)).toBe(false);
    return 42;
  });
  expect(answer).toBe(42);
  expect(readFileSync(file, 'utf8')).toBe('all of it');
  expect(readdirSync(dirname(file))).toEqual(['data.bin']);
});

test('a failure leaves the old file and no remains', async () => {
  const file = join(temporaryFolder(), 'data.bin');
  writeFileSync(file, 'old');
  const attempt = makeAtomically(file, async (temporary) => {
    await writeFile(temporary, 'half');
    throw new Error('the power went');
  });
  await expect(attempt).rejects.toThrow('the power went');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(dirname(file))).toEqual(['data.bin']);
});

test('refuses a cache folder that cannot be written, and says what to do', async () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'a-file'), '');
  const attempt = makeAtomically(join(root, 'a-file', 'data.bin'), async () => undefined);
  await expect(attempt).rejects.toMatchObject({
    code: 'ERR_NOT_WRITABLE',
    message: expect.stringContaining('XDG_CACHE_HOME'),
  });
});
