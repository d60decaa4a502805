import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { npmFailure } from './npm-failure.js';

const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/** Packages of npm that a peer needs. */
export interface NodeRecipe {
  /** As sentences call it. */
  readonly title: string;
  /** Of the folder in the per-user cache. */
  readonly name: string;
  /** Each at one version. */
  readonly packages: readonly string[];
  /** What else the folder depends on. */
  readonly built?: readonly string[];
  /** What is done in the folder after the packages are there. */
  readonly build?: (folder: string) => Promise<void>;
}

/**
 * A folder with packages of npm in the per-user cache, made at the first call. Their own scripts do not run.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function nodePackages(
  { title, name, packages, built = [], build = async () => {} }: NodeRecipe,
  log: (line: string) => void,
): Promise<string> {
  const hash = createHash('sha256')
    .update([...packages, ...built].join())
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheRoot(), `${name}-${hash}`);
  if (existsSync(folder)) return folder;
  log(`Setting up ${title} in the per-user cache, once …`);
  try {
    await makeAtomically(folder, async (temporary) => {
      await mkdir(temporary);
      await writeFile(join(temporary, 'package.json'), '{ "private": true, "type": "commonjs" }');
      await promisify(execFile)('npm', [...INSTALL, ...packages], { cwd: temporary });
      await build(temporary);
    });
  } catch (error) {
    // Why: another process may have made it meanwhile.
    if (!existsSync(folder)) throw new Error(`${title} cannot be set up (${npmFailure(error)}).`);
  }
  return folder;
}
