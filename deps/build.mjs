/** Compiles the addon with cmake-js, or with node-gyp where CMake is missing. Neither downloads headers. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADDON_BUILT, ADDON_SHIPPED, LibraryError, PACKAGE, platformKey } from './find.mjs';

/** Beside the addon: the hash of the sources that it was built from. */
const STAMP = `${ADDON_BUILT}.sources`;

/** Builds the addon unless one is there that belongs to the present sources and loads. Says whether it built. */
export function buildAddon({ include }) {
  if (isBuilt() || loads(ADDON_SHIPPED)) return false;
  if (!existsSync(join(include, 'tensorflow/c/c_api.h'))) {
    throw new LibraryError(
      'ERR_LIBRARY_MISSING',
      `the C header tensorflow/c/c_api.h is expected in ${include} to build the addon, and is not there; set LIBTENSORFLOW_DIR to a folder that has the headers too, or unset it.`,
    );
  }
  const hash = hashOfSources();
  const [tool, ...args] = runs('cmake') ? cmakeJs(include) : nodeGyp(include);
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolveTool(tool), ...args], {
    cwd: PACKAGE,
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (status !== 0 || !loads(ADDON_BUILT)) {
    process.stderr.write(`${stdout}${stderr}`);
    throw new LibraryError(
      'ERR_ADDON_MISSING',
      `the native addon could not be built for ${platformKey()} (the compiler's words are above); it needs a C++17 compiler, and CMake or make and python3.`,
    );
  }
  writeFileSync(STAMP, hash);
  return true;
}

function isBuilt() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hashOfSources() && loads(ADDON_BUILT);
}

function hashOfSources() {
  const native = readdirSync(join(PACKAGE, 'native')).map((name) => join('native', name));
  const hash = createHash('sha256');
  for (const file of [...native.sort(), 'CMakeLists.txt', 'binding.gyp']) {
    hash.update(`${file}\0`).update(readFileSync(join(PACKAGE, file)));
  }
  return hash.digest('hex');
}

/** Why in a child: an addon of another platform or a damaged one must not take the install down with it. */
function loads(file) {
  return existsSync(file) && spawnSync(process.execPath, ['-e', `require(${JSON.stringify(file)})`]).status === 0;
}

function runs(program) {
  return spawnSync(program, ['--version']).status === 0;
}

function cmakeJs(include) {
  return ['cmake-js/bin/cmake-js', 'compile', '--parallel', '2', `--CDLIBTENSORFLOW_INCLUDE=${include}`];
}

function nodeGyp(include) {
  const nodedir = fileURLToPath(new URL('gyp', import.meta.url));
  return [
    'node-gyp/bin/node-gyp.js',
    'rebuild',
    '--jobs=2',
    '--force-process-config',
    `--nodedir=${nodedir}`,
    `--libtensorflow_include=${include}`,
  ];
}

function resolveTool(tool) {
  try {
    return createRequire(import.meta.url).resolve(tool);
  } catch (cause) {
    throw new LibraryError(
      'ERR_ADDON_MISSING',
      `no addon is shipped for ${platformKey()}, and ${tool.split('/')[0]} is not installed to build it: clone the repository and run \`npm ci\` there.`,
      { cause },
    );
  }
}
