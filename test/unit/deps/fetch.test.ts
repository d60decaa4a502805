import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { LIBRARIES, PLATFORM, WHEEL_FILES, Workshop } from './workshop.js';

const run = promisify(execFile);

function cacheNames(workshop: Workshop): string[] {
  const root = join(workshop.cache, 'libtensorflow-node');
  return existsSync(root) ? readdirSync(root) : [];
}

/** The refusal, and that nothing of the attempt is left in the cache. */
async function refusal(workshop: Workshop, env = workshop.env): Promise<Error & { code: string }> {
  const { fetchLibrary } = await workshop.fetch();
  const error = await fetchLibrary({ env }).then(
    () => expect.fail('nothing was refused'),
    (reason: Error & { code: string }) => reason,
  );
  expect(cacheNames(workshop)).toEqual([]);
  expect(error.message).toMatch(/^[^\n]+\.$/);
  return error;
}

test('unpacks the pinned members and nothing else, and asks pip once', async () => {
  const workshop = new Workshop();
  const { fetchLibrary } = await workshop.fetch();
  const library = await fetchLibrary({ env: workshop.env });
  expect(library).toMatchObject({ source: 'cache', variant: 'cpu', version: '9.9.0' });
  const folder = join(workshop.cache, 'libtensorflow-node', `9.9.0-cpu-${PLATFORM}`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map((entry) => entry.name).sort()).toEqual(
    ['c_api.h', LIBRARIES.cc, LIBRARIES.framework, 'manifest.json'].sort(),
  );
  expect(readFileSync(library.files[1] ?? '', 'utf8')).toBe(WHEEL_FILES[`tensorflow/${LIBRARIES.cc}`]);

  expect(await fetchLibrary({ env: workshop.env })).toEqual(library);
  expect(workshop.pipCalls()).toBe(1);
});

test('asks pip for exactly the pinned wheel, whatever Python is installed', async () => {
  const workshop = new Workshop();
  await (await workshop.fetch()).fetchLibrary({ env: workshop.env });
  const call = readFileSync(workshop.calls, 'utf8');
  for (const words of [
    '--no-deps',
    '--only-binary=:all:',
    '--python-version 3.12',
    '--abi cp312',
    '--platform any',
    'tensorflow-cpu==9.9.0',
  ]) {
    expect(call).toContain(words);
  }
});

test('refuses a wheel with another hash', async () => {
  const workshop = new Workshop();
  workshop.pin(PLATFORM, '0'.repeat(64));
  const error = await refusal(workshop);
  expect(error.code).toBe('ERR_DOWNLOAD');
  expect(error.message).toMatch(/sha256 0{64}, got [0-9a-f]{64}/);
});

test('refuses a truncated wheel', async () => {
  const workshop = new Workshop();
  truncateSync(workshop.wheel, 100);
  expect((await refusal(workshop)).message).toMatch(/\(100 bytes\) is expected to have sha256/);
});

test('two installs at once leave one whole folder', async () => {
  const workshop = new Workshop();
  workshop.pip(`touch "${workshop.root}/here-$$"
while [ "$(ls -d ${workshop.root}/here-* | wc -l)" -lt 2 ]; do sleep 0.02; done
mkdir -p "$dest" && cp "${workshop.wheel}" "$dest/"`);
  const script = `import { fetchLibrary } from './deps/fetch.mjs'; console.log((await fetchLibrary()).directory);`;
  const install = () =>
    run(process.execPath, ['--input-type=module', '-e', script], { cwd: workshop.root, env: workshop.env });
  const [first, second] = await Promise.all([install(), install()]);
  expect(first.stdout).toBe(second.stdout);
  expect(workshop.pipCalls()).toBe(2);
  expect(cacheNames(workshop)).toEqual([`9.9.0-cpu-${PLATFORM}`]);
  expect((await workshop.find()).findCached(workshop.env)).toMatchObject({ source: 'cache' });
});

test('replaces a damaged folder', async () => {
  const workshop = new Workshop();
  const { fetchLibrary } = await workshop.fetch();
  const { files } = await fetchLibrary({ env: workshop.env });
  truncateSync(files[1] ?? '', 1);
  await fetchLibrary({ env: workshop.env });
  expect(readFileSync(files[1] ?? '', 'utf8')).toBe(WHEEL_FILES[`tensorflow/${LIBRARIES.cc}`]);
  expect(cacheNames(workshop)).toEqual([`9.9.0-cpu-${PLATFORM}`]);
});

test('clears away what a killed install left a day ago, and not what a running one has', async () => {
  const workshop = new Workshop();
  const root = 'cache/libtensorflow-node';
  workshop.write(`${root}/.unfinished-old/wheel`, '');
  workshop.write(`${root}/.unfinished-new/wheel`, '');
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
  utimesSync(join(workshop.root, root, '.unfinished-old'), twoDaysAgo, twoDaysAgo);
  await (await workshop.fetch()).fetchLibrary({ env: workshop.env });
  expect(cacheNames(workshop).sort()).toEqual(['.unfinished-new', `9.9.0-cpu-${PLATFORM}`]);
});

test('an interrupted install leaves nothing behind', async () => {
  const workshop = new Workshop();
  workshop.pip('kill -INT "$PPID"; exec sleep 1');
  const script = `import { fetchLibrary } from './deps/fetch.mjs'; await fetchLibrary();`;
  const child = run(process.execPath, ['--input-type=module', '-e', script], { cwd: workshop.root, env: workshop.env });
  await expect(child).rejects.toMatchObject({ code: 130 });
  expect(cacheNames(workshop)).toEqual([]);
});

test('without python3 says what to install', async () => {
  const workshop = new Workshop();
  const error = await refusal(workshop, { ...workshop.env, PATH: join(workshop.root, 'empty') });
  expect(error).toMatchObject({
    code: 'ERR_DOWNLOAD',
    message: expect.stringMatching(/python3 is not on the PATH.*LIBTENSORFLOW_DIR/),
  });
});

test.each([
  ['without pip', 'echo "python3: No module named pip" >&2; exit 1', /python3 has no pip: install it/],
  [
    'without a network',
    `echo "WARNING: Retrying after connection broken by 'NewConnectionError(...)'" >&2
echo "ERROR: No matching distribution found for tensorflow-cpu==9.9.0" >&2; exit 1`,
    /cannot reach a package index.*PIP_INDEX_URL/,
  ],
  [
    'with an index that lacks the wheel',
    'echo "ERROR: No matching distribution found for tensorflow-cpu==9.9.0" >&2; exit 1',
    /could not download tensorflow-cpu 9\.9\.0 \(No matching distribution found/,
  ],
  ['with a full disk', 'echo "ERROR: [Errno 28] No space left on device" >&2; exit 1', /the disk is full/],
  ['with a pip that leaves nothing', 'exit 0', /pip left no wheel/],
])('%s says so and names the ways out', async (_, pip, message) => {
  const workshop = new Workshop();
  workshop.pip(pip);
  const error = await refusal(workshop);
  expect(error.code).toBe('ERR_DOWNLOAD');
  expect(error.message).toMatch(message);
  expect(error.message).toContain('LIBTENSORFLOW_DIR');
});

test('refuses a platform that is not pinned, and says which are', async () => {
  const workshop = new Workshop();
  workshop.pin('sunos-sparc', '0'.repeat(64));
  const error = await refusal(workshop);
  expect(error).toMatchObject({ code: 'ERR_PLATFORM', message: expect.stringContaining('only for sunos-sparc (cpu)') });
});

test('refuses a variant that the platform does not have', async () => {
  const workshop = new Workshop();
  const error = await refusal(workshop, { ...workshop.env, LIBTENSORFLOW_VARIANT: 'cuda' });
  expect(error).toMatchObject({ code: 'ERR_PLATFORM', message: expect.stringContaining(`${PLATFORM} (cuda)`) });
});

test('refuses a cache that cannot be written', async () => {
  const workshop = new Workshop();
  const file = workshop.write('file', '');
  const error = await refusal(workshop, { ...workshop.env, XDG_CACHE_HOME: file });
  expect(error).toMatchObject({ code: 'ERR_NOT_WRITABLE', message: expect.stringContaining('XDG_CACHE_HOME') });
});
