import { execFile } from 'node:child_process';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findLibrary } from '../../src/native/library.js';
import { nodePackages } from './node-packages.js';
import { TFJS_VERSION } from './tfjs.js';

/** Node-API version of the folder that its loader looks into, for every Node from 16 on. */
const NAPI = 8;

/**
 * A folder with tfjs-node, its addon built from its own sources against our libtensorflow; in the per-user cache.
 *
 * Why not by its own scripts: they download another libtensorflow, and its prebuilt addon is gone for newer Nodes.
 *
 * @throws an Error of one sentence where it cannot be made
 */
export async function tfjsNodeFolder(log: (line: string) => void): Promise<string> {
  const library = findLibrary();
  const build = (folder: string) => buildAddon(join(folder, 'node_modules', '@tensorflow', 'tfjs-node'), library);
  const packages = [`@tensorflow/tfjs-node@${TFJS_VERSION}`];
  return nodePackages({ title: 'tfjs-node', name: 'tfjs-node', packages, built: library.files, build }, log);
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
  await promisify(execFile)(
    process.env.CXX ?? 'c++',
    [
      ...['-O2', '-std=gnu++17', '-fPIC', '-shared', ...defines, ...includes, ...sources],
      ...['-o', join(lib, 'tfjs_binding.node'), `-L${deps}`, ...libraries, `-Wl,-rpath,$ORIGIN/../../deps/lib`],
    ],
    { cwd: tfjs },
  );
}
