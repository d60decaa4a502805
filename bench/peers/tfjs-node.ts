import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot, makeAtomically } from '../../src/data/cache.js';
import { findLibrary } from '../../src/native/library.js';
import { npmFailure } from './npm-failure.js';

const run = promisify(execFile);

const VERSION = '4.22.0';
const PACKAGES = ['tfjs-node', 'tfjs', 'tfjs-backend-wasm'].map((name) => `@tensorflow/${name}@${VERSION}`);
/** Why not by its own scripts: they download another libtensorflow, and its prebuilt addon is gone for newer Nodes. */
const INSTALL = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
/** Node-API version of the folder that its loader looks into, for every Node from 16 on. */
const NAPI = 8;

/**
 * A folder with tfjs-node, its addon built from its own sources against our libtensorflow, and with tfjs' wasm and cpu
 * backends; in the per-user cache, made at the first call.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function tfjsFolder(log: (line: string) => void): Promise<string> {
  const library = findLibrary();
  const hash = createHash('sha256')
    .update([...PACKAGES, ...library.files].join())
    .digest('hex')
    .slice(0, 12);
  const folder = join(cacheRoot(), `tfjs-node-${hash}`);
  if (existsSync(folder)) return folder;
  log('Building tfjs-node in the per-user cache, once …');
  try {
    await makeAtomically(folder, async (temporary) => {
      await mkdir(temporary);
      await writeFile(join(temporary, 'package.json'), '{ "private": true, "type": "commonjs" }');
      await run('npm', [...INSTALL, ...PACKAGES], { cwd: temporary });
      await buildAddon(join(temporary, 'node_modules', '@tensorflow', 'tfjs-node'), library);
    });
  } catch (error) {
    if (!existsSync(folder)) throw new Error(`tfjs-node cannot be built (${npmFailure(error)}).`);
  }
  return folder;
}

async function buildAddon(
  tfjs: string,
  { files, include }: { files: readonly string[]; include: string },
): Promise<void> {
  const [deps, lib] = [join(tfjs, 'deps', 'lib'), join(tfjs, 'lib', `napi-v${NAPI}`)];
  await rm(join(tfjs, 'deps'), { recursive: true, force: true });
  await mkdir(deps, { recursive: true });
  await mkdir(lib, { recursive: true });
  for (const file of files) await symlink(file, join(deps, basename(file)));
  const headers = join(dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  const defines = [`-DNAPI_VERSION=${NAPI}`, '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=tfjs_binding'];
  const includes = [headers, include, '..'].map((path) => `-I${path}`);
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const libraries = files.map((file) => `-l:${basename(file)}`);
  await run(
    process.env.CXX ?? 'c++',
    [
      ...['-O2', '-std=gnu++17', '-fPIC', '-shared', ...defines, ...includes, ...sources],
      ...['-o', join(lib, 'tfjs_binding.node'), `-L${deps}`, ...libraries, `-Wl,-rpath,$ORIGIN/../../deps/lib`],
    ],
    { cwd: tfjs },
  );
}
