/**
 * Where libtensorflow is on this machine. The order is LIBTENSORFLOW_DIR, the per-user cache, an importable
 * `tensorflow` Python package of the pinned version; nothing is downloaded here (see fetch.mjs).
 */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version, and per platform and variant the wheels that are fetched (see pin.json). */
export const pin = JSON.parse(readFileSync(new URL('pin.json', import.meta.url), 'utf8'));

export const VARIANTS = ['cpu', 'cuda'];

/** File names by operating system: what must be loaded, in order; the C API's own library goes by either of two names. */
const FILE_NAMES = {
  linux: { framework: 'libtensorflow_framework.so.2', api: ['libtensorflow_cc.so.2', 'libtensorflow.so.2'] },
  darwin: { framework: 'libtensorflow_framework.2.dylib', api: ['libtensorflow_cc.2.dylib', 'libtensorflow.2.dylib'] },
};

/** Where the libraries and the headers lie below a folder: an unpacked wheel's tensorflow/, the C tarball, site-packages. */
const LAYOUTS = [
  { libraries: '.', include: 'include' },
  { libraries: 'lib', include: 'include' },
  { libraries: 'tensorflow', include: 'tensorflow/include' },
];

/** The file in a cache folder that says how many bytes each unpacked file has. */
export const MANIFEST = 'manifest.json';

/** An error of this folder: one sentence and a code of `src/errors/errors.ts`. */
export class LibraryError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'LibraryError';
    this.code = code;
  }
}

export function platformKey() {
  return `${process.platform}-${process.arch}`;
}

/** The folder of this package, and where in it a compiled addon may lie: built here, or shipped. */
export const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
export const ADDON_BUILT = join(PACKAGE, 'build', 'Release', 'libtensorflow_node.node');
export const ADDON_SHIPPED = join(PACKAGE, 'prebuilds', platformKey(), 'libtensorflow_node.node');

export function wantedVariant(env = process.env) {
  const variant = env.LIBTENSORFLOW_VARIANT || 'cpu';
  if (!VARIANTS.includes(variant)) {
    throw new LibraryError(
      'ERR_ARGUMENT',
      `LIBTENSORFLOW_VARIANT is expected to be ${VARIANTS.map((name) => `'${name}'`).join(' or ')}, got '${variant}'; correct or unset it.`,
    );
  }
  return variant;
}

/** The folder of all fetched libraries of this user. */
export function cacheRoot(env = process.env) {
  const home = env.HOME || homedir();
  const base = {
    darwin: () => join(home, 'Library', 'Caches'),
    win32: () => env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
  }[process.platform];
  return join(env.XDG_CACHE_HOME || (base ? base() : join(home, '.cache')), 'libtensorflow-node');
}

/** The folder of the pinned version for this platform and variant, whether it is there or not. */
export function cacheFolder(env = process.env) {
  return join(cacheRoot(env), `${pin.version}-${wantedVariant(env)}-${platformKey()}`);
}

const isFile = (path) => existsSync(path) && statSync(path).isFile();

/** The libraries and headers below `root`, or undefined when they are not there. */
function locate(root) {
  const names = FILE_NAMES[process.platform];
  if (!names) return undefined;
  for (const layout of LAYOUTS) {
    const directory = join(root, layout.libraries);
    const framework = join(directory, names.framework);
    const api = names.api.map((name) => join(directory, name)).find(isFile);
    if (api && isFile(framework)) return { directory, files: [framework, api], include: join(root, layout.include) };
  }
  return undefined;
}

function inEnvironment(env) {
  const root = env.LIBTENSORFLOW_DIR;
  if (!root) return undefined;
  const found = locate(root);
  if (!found) {
    const { framework, api } = FILE_NAMES[process.platform] ?? FILE_NAMES.linux;
    throw new LibraryError(
      'ERR_LIBRARY_MISSING',
      `LIBTENSORFLOW_DIR is expected to hold ${framework} and ${api.join(' or ')} (in itself, lib/ or tensorflow/), but ${root} does not; correct or unset it.`,
    );
  }
  return { ...found, source: 'environment', variant: null, version: null };
}

/** The whole library of the cache, or undefined. */
export function findCached(env = process.env) {
  const folder = cacheFolder(env);
  const found = locate(folder);
  if (!found || !isWhole(folder)) return undefined;
  return { ...found, source: 'cache', variant: wantedVariant(env), version: pin.version };
}

/** Why: opening a shared library that lost its end kills the process. */
function isWhole(folder) {
  try {
    const sizes = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
    return Object.entries(sizes).every(([file, bytes]) => statSync(join(folder, file)).size === bytes);
  } catch {
    return false;
  }
}

const ASK_PYTHON = `
import importlib.metadata as metadata, importlib.util, json, os
spec = importlib.util.find_spec('tensorflow')
for name in ('tensorflow-cpu', 'tensorflow'):
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        continue
    print(json.dumps({'name': name, 'version': version, 'root': os.path.dirname(spec.origin)}) if spec and spec.origin else 'null')
    break
else:
    print('null')
`;

function inPython(env) {
  const answer = askPython(env);
  if (answer?.version !== pin.version) return undefined;
  const variant =
    process.platform === 'linux' && process.arch === 'x64' && answer.name === 'tensorflow' ? 'cuda' : 'cpu';
  if (wantedVariant(env) === 'cuda' && variant !== 'cuda') return undefined;
  const found = locate(answer.root);
  return found && { ...found, source: 'python', variant, version: answer.version };
}

function askPython(env) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return JSON.parse(execFileSync('python3', ['-c', ASK_PYTHON], { env, stdio, encoding: 'utf8', timeout: 20_000 }));
  } catch {
    return undefined;
  }
}

/** The library that would be loaded, or undefined when there is none on this machine. */
export function findLibrary(env = process.env) {
  const found = inEnvironment(env) ?? findCached(env) ?? inPython(env);
  const damaged = found?.files.find(lostItsEnd);
  if (!damaged) return found;
  throw new LibraryError(
    'ERR_LIBRARY',
    `${damaged} is expected to be a whole shared library, and its end is missing; install or unpack it again, or unset LIBTENSORFLOW_DIR.`,
  );
}

const ELF = { magic: 0x464c457f, headerBytes: 64, tableOffset: 0x28, entryBytes: 0x3a, entries: 0x3c };

/** Whether an ELF file ends before its section table, which comes last. Other formats are checked by their loader. */
function lostItsEnd(file) {
  const header = Buffer.alloc(ELF.headerBytes);
  const descriptor = openSync(file);
  try {
    readSync(descriptor, header);
  } finally {
    closeSync(descriptor);
  }
  if (header.readUInt32LE(0) !== ELF.magic) return false;
  const tableBytes = header.readUInt16LE(ELF.entryBytes) * header.readUInt16LE(ELF.entries);
  return statSync(file).size < Number(header.readBigUInt64LE(ELF.tableOffset)) + tableBytes;
}
