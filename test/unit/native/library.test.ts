import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as deps from '../../../deps/find.mjs';
import { doctor, formatDoctor } from '../../../src/cli/doctor.js';
import { fetchLibrary, findLibrary, loadAddon } from '../../../src/native/library.js';
import { LIBRARIES } from '../deps/workshop.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
  vi.doUnmock('../../../deps/find.mjs');
  vi.resetModules();
});

/** A machine on which libtensorflow was never fetched, and without Python. */
function emptyMachine(): void {
  vi.stubEnv('LIBTENSORFLOW_DIR', undefined);
  vi.stubEnv('XDG_CACHE_HOME', folder);
  vi.stubEnv('PATH', folder);
}

/** The modules as they are in a package whose addon is the given file. */
async function packageWithAddon(file: string) {
  vi.resetModules();
  vi.doMock('../../../deps/find.mjs', async (original) => ({
    ...(await original<typeof deps>()),
    ADDON_BUILT: file,
    ADDON_SHIPPED: file,
  }));
  return { ...(await import('../../../src/native/library.js')), ...(await import('../../../src/cli/doctor.js')) };
}

const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'TensorFlowError', code, message: expect.stringMatching(message) });

describe('findLibrary', () => {
  test('without a library names the ways out', () => {
    emptyMachine();
    expect(() => findLibrary()).toThrowError(
      refused('ERR_LIBRARY_MISSING', /npx libtensorflow-node fetch.*LIBTENSORFLOW_DIR/),
    );
  });

  test('refuses a wrong LIBTENSORFLOW_DIR rather than taking another library', () => {
    vi.stubEnv('LIBTENSORFLOW_DIR', folder);
    expect(() => findLibrary()).toThrowError(refused('ERR_LIBRARY_MISSING', /LIBTENSORFLOW_DIR is expected to hold/));
  });
});

describe('fetchLibrary', () => {
  test('without python3 says what to install', async () => {
    emptyMachine();
    await expect(fetchLibrary()).rejects.toThrowError(refused('ERR_DOWNLOAD', /install Python 3/));
  });
});

describe('loadAddon', () => {
  test('without an addon says how to build it', async () => {
    const { loadAddon } = await packageWithAddon(join(folder, 'absent.node'));
    expect(() => loadAddon()).toThrowError(refused('ERR_ADDON_MISSING', /is not built for .*npm run install/));
  });

  test('with an addon of another kind says why it does not load', async () => {
    const file = join(folder, 'addon.node');
    writeFileSync(file, 'no addon');
    const { loadAddon } = await packageWithAddon(file);
    expect(() => loadAddon()).toThrowError(refused('ERR_ADDON_MISSING', /addon\.node does not load \(.+\): remove it/));
  });

  test('with a library that is none says why it cannot be opened', () => {
    vi.stubEnv('LIBTENSORFLOW_DIR', folder);
    for (const file of [LIBRARIES.framework, LIBRARIES.cc]) writeFileSync(join(folder, file), 'not a library at all');
    expect(() => loadAddon()).toThrowError(refused('ERR_LIBRARY', /cannot be opened \(.+\): .*doctor/));
  });
});

describe('doctor', () => {
  test('on an empty machine names both problems and does not throw', async () => {
    const { doctor, formatDoctor } = await packageWithAddon(join(folder, 'absent.node'));
    emptyMachine();
    const report = await doctor();
    expect(report).toMatchObject({ addon: { file: null, loads: false }, library: null, devices: [] });
    expect(report.advice).toEqual([expect.stringMatching(/npm run install/), expect.stringMatching(/fetch/)]);
    expect(formatDoctor(report)).toMatch(
      /addon +not built\nlibrary +not found\ndevices +none\n\nWhat to do:\n- .+\n- .+$/,
    );
  });

  test('with a library that cannot be opened reports it once', async () => {
    vi.stubEnv('LIBTENSORFLOW_DIR', folder);
    for (const file of [LIBRARIES.framework, LIBRARIES.cc]) writeFileSync(join(folder, file), 'not a library at all');
    const report = await doctor();
    expect(report.library).toMatchObject({ source: 'environment', directory: folder });
    expect(report.advice).toHaveLength(1);
    expect(formatDoctor(report)).toContain('version unknown, from LIBTENSORFLOW_DIR');
  });

  test('formats a healthy report as a table and one verdict', () => {
    const text = formatDoctor({
      platform: 'linux-x64',
      node: '20.17.0',
      cpuFeatures: ['avx2', 'avx512'],
      addon: { file: '/p/addon.node', loads: true },
      library: {
        directory: '/c',
        files: [],
        include: '/c/include',
        source: 'cache',
        variant: 'cuda',
        version: '2.21.0',
      },
      devices: [
        { name: '/job:localhost/replica:0/task:0/device:CPU:0', type: 'CPU', memory: 268435456 },
        { name: '/job:localhost/replica:0/task:0/device:GPU:0', type: 'GPU', memory: 2 ** 34 },
      ],
      advice: [],
    });
    expect(text.split('\n')).toEqual([
      'platform  linux-x64',
      'node      20.17.0',
      'cpu       avx2, avx512',
      'addon     /p/addon.node (loads)',
      'library   2.21.0 cuda, from the cache: /c',
      'devices   CPU:0, GPU:0 (16.0 GiB)',
      '',
      'All is well.',
    ]);
  });
});
