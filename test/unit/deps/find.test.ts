import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIBRARIES, PLATFORM, Workshop } from './workshop.js';

const FAKE = 'not really a library';

function library(workshop: Workshop, folder: string, api: string = LIBRARIES.cc): string {
  workshop.write(join(folder, LIBRARIES.framework), FAKE);
  workshop.write(join(folder, api), FAKE);
  return join(workshop.root, folder);
}

/** A whole cache folder, as a fetch leaves it. */
function cached(workshop: Workshop): string {
  const folder = `cache/libtensorflow-node/9.9.0-cpu-${PLATFORM}`;
  library(workshop, `${folder}/tensorflow`);
  const sizes = Object.fromEntries(
    [LIBRARIES.framework, LIBRARIES.cc].map((file) => [`tensorflow/${file}`, FAKE.length]),
  );
  workshop.write(`${folder}/manifest.json`, JSON.stringify(sizes));
  return join(workshop.root, folder, 'tensorflow');
}

/** A site-packages folder with a `tensorflow` that breaks when imported. */
function pythonPackage(workshop: Workshop, version: string): string {
  library(workshop, 'site/tensorflow');
  workshop.write('site/tensorflow/__init__.py', 'raise RuntimeError("imported")\n');
  workshop.write(`site/tensorflow_cpu-${version}.dist-info/METADATA`, `Name: tensorflow-cpu\nVersion: ${version}\n`);
  return join(workshop.root, 'site');
}

test('finds nothing on a machine without libtensorflow', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  expect(findLibrary(workshop.env)).toBeUndefined();
});

test.each([
  ['an unpacked wheel', '.', LIBRARIES.cc, 'include'],
  ['the C tarball', 'lib', LIBRARIES.plain, 'include'],
  ['a site-packages folder', 'tensorflow', LIBRARIES.cc, 'tensorflow/include'],
])('LIBTENSORFLOW_DIR may be %s', async (_, libraries, api, include) => {
  const workshop = new Workshop();
  const directory = library(workshop, join('given', libraries), api);
  const root = join(workshop.root, 'given');
  const { findLibrary } = await workshop.find();
  expect(findLibrary({ ...workshop.env, LIBTENSORFLOW_DIR: root })).toEqual({
    directory,
    files: [join(directory, LIBRARIES.framework), join(directory, api)],
    include: join(root, include),
    source: 'environment',
    variant: null,
    version: null,
  });
});

test('refuses a LIBTENSORFLOW_DIR without the libraries, and names both', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  cached(workshop);
  expect(() => findLibrary({ ...workshop.env, LIBTENSORFLOW_DIR: '/nowhere' })).toThrowError(
    expect.objectContaining({
      code: 'ERR_LIBRARY_MISSING',
      message: expect.stringMatching(`${LIBRARIES.framework}.*${LIBRARIES.cc}.*/nowhere`),
    }),
  );
});

test('asks the environment first, then the cache, then Python', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  const site = pythonPackage(workshop, '9.9.0');
  const env = { ...workshop.env, PYTHONPATH: site };
  expect(findLibrary(env)).toMatchObject({ source: 'python', directory: join(site, 'tensorflow'), version: '9.9.0' });
  const directory = cached(workshop);
  expect(findLibrary(env)).toMatchObject({ source: 'cache', directory, variant: 'cpu', version: '9.9.0' });
  const given = library(workshop, 'given');
  expect(findLibrary({ ...env, LIBTENSORFLOW_DIR: given })).toMatchObject({ source: 'environment', directory: given });
});

test('passes over a Python package of another version, and over the CPU package when CUDA is wanted', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  expect(findLibrary({ ...workshop.env, PYTHONPATH: pythonPackage(workshop, '9.8.0') })).toBeUndefined();
  const other = new Workshop();
  const env = { ...other.env, PYTHONPATH: pythonPackage(other, '9.9.0'), LIBTENSORFLOW_VARIANT: 'cuda' };
  expect((await other.find()).findLibrary(env)).toBeUndefined();
});

test('passes over a cached library that lost its end', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  truncateSync(join(cached(workshop), LIBRARIES.cc), 5);
  expect(findLibrary(workshop.env)).toBeUndefined();
});

test.runIf(process.platform === 'linux')(
  'refuses a given library that lost its end instead of opening it',
  async () => {
    const workshop = new Workshop();
    const { findLibrary } = await workshop.find();
    const given = library(workshop, 'given');
    const whole = readFileSync('/proc/self/exe');
    writeFileSync(join(given, LIBRARIES.cc), whole);
    expect(findLibrary({ ...workshop.env, LIBTENSORFLOW_DIR: given })).toMatchObject({ source: 'environment' });
    truncateSync(join(given, LIBRARIES.cc), Math.floor(whole.length / 2));
    expect(() => findLibrary({ ...workshop.env, LIBTENSORFLOW_DIR: given })).toThrowError(
      expect.objectContaining({ code: 'ERR_LIBRARY', message: expect.stringContaining('its end is missing') }),
    );
  },
);

test('refuses an unknown variant and names the known ones', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  expect(() => findLibrary({ ...workshop.env, LIBTENSORFLOW_VARIANT: 'rocm' })).toThrowError(
    /'cpu' or 'cuda', got 'rocm'/,
  );
});

test('a folder in the place of a library is not taken for one', async () => {
  const workshop = new Workshop();
  const { findLibrary } = await workshop.find();
  for (const file of [LIBRARIES.framework, LIBRARIES.cc])
    mkdirSync(join(workshop.root, 'given', file), { recursive: true });
  expect(() => findLibrary({ ...workshop.env, LIBTENSORFLOW_DIR: join(workshop.root, 'given') })).toThrowError(
    expect.objectContaining({ code: 'ERR_LIBRARY_MISSING' }),
  );
});
