import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pin } from '../../deps/find.mjs';
import { doctor, formatDoctor } from '../../src/cli/doctor.js';
import { findLibrary, loadAddon } from '../../src/native/library.js';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const SECONDS = 1000;

describe('this machine after `npm ci`', () => {
  test('has the pinned library, whole, with the files in the order in which they are opened', () => {
    const { files } = findLibrary();
    expect(files.map((file) => /framework|tensorflow(_cc)?\./.exec(file)?.[0])).toEqual([
      'framework',
      expect.anything(),
    ]);
    for (const file of files) expect(statSync(file).size).toBeGreaterThan(1e7);
  });

  test('opens it once per thread and gives its version', () => {
    expect(loadAddon().version()).toBe(pin.version);
    expect(loadAddon()).toBe(loadAddon());
  });

  test('is well by the doctor, who sees a CPU', async () => {
    const report = await doctor();
    expect(report).toMatchObject({ addon: { loads: true }, library: { version: pin.version } });
    expect(report.devices.map(({ type }) => type)).toContain('CPU');
    expect(formatDoctor(report)).toMatch(/^platform +\S+\nnode +\d+\./);
  });

  test('installs a second time without a download or a build', () => {
    const addon = join(REPOSITORY, 'build/Release/libtensorflow_node.node');
    const before = existsSync(addon) && statSync(addon).mtimeMs;
    const output = execFileSync(process.execPath, ['deps/install.mjs'], { cwd: REPOSITORY, encoding: 'utf8' });
    expect(output).toMatch(/addon is already there/);
    expect(output).not.toMatch(/fetching/);
    expect(existsSync(addon) && statSync(addon).mtimeMs).toBe(before);
  });
});

/** A package with this repository's build files and one small source, and a stand-in for libtensorflow with its headers. */
describe('building the addon', () => {
  let root: string;
  const addon = () => join(root, 'build/Release/libtensorflow_node.node');

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'libtensorflow-node-'));
    for (const name of ['deps', 'CMakeLists.txt', 'binding.gyp', 'package.json']) {
      cpSync(join(REPOSITORY, name), join(root, name), { recursive: true });
    }
    symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
    const { directory, include } = findLibrary();
    mkdirSync(join(root, 'given'));
    symlinkSync(include, join(root, 'given/include'));
    for (const file of readdirSync(directory).filter((name) => name.startsWith('libtensorflow'))) {
      writeFileSync(join(root, 'given', file), '');
    }
    mkdirSync(join(root, 'native'));
    answer(1);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function answer(value: number): void {
    const source = `#include <napi.h>
#include "tensorflow/c/c_api.h"
static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("answer", Napi::Number::New(env, ${value} * TF_FLOAT));
  return exports;
}
NODE_API_MODULE(libtensorflow_node, Init)
`;
    writeFileSync(join(root, 'native/addon.cc'), source);
  }

  function install(path = process.env.PATH ?? '') {
    const env = { PATH: path, HOME: root, LIBTENSORFLOW_DIR: join(root, 'given') };
    return spawnSync(process.execPath, ['deps/install.mjs'], { cwd: root, env, encoding: 'utf8' });
  }

  /** A PATH with every program of this machine but CMake. */
  function pathWithoutCMake(): string {
    const bin = join(root, 'bin');
    mkdirSync(bin);
    for (const folder of (process.env.PATH ?? '').split(':').filter((path) => existsSync(path))) {
      for (const name of readdirSync(folder)) {
        if (name !== 'cmake' && !existsSync(join(bin, name))) symlinkSync(join(folder, name), join(bin, name));
      }
    }
    return bin;
  }

  test('builds once with CMake, and again only when the sources change', { timeout: 120 * SECONDS }, () => {
    expect(install()).toMatchObject({ status: 0, stdout: expect.stringContaining('addon built') });
    expect(existsSync(join(root, 'build/CMakeCache.txt'))).toBe(true);
    expect(createRequire(import.meta.url)(addon())).toEqual({ answer: 1 });
    expect(install()).toMatchObject({ status: 0, stdout: expect.stringContaining('addon is already there') });
    answer(2);
    expect(install()).toMatchObject({ status: 0, stdout: expect.stringContaining('addon built') });
  });

  test('builds nothing where a shipped addon loads', { timeout: 120 * SECONDS }, () => {
    install();
    const prebuilds = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
    mkdirSync(prebuilds, { recursive: true });
    renameSync(addon(), join(prebuilds, 'libtensorflow_node.node'));
    rmSync(join(root, 'build'), { recursive: true });
    expect(install()).toMatchObject({ status: 0, stdout: expect.stringContaining('addon is already there') });
    expect(existsSync(addon())).toBe(false);
  });

  test('builds with node-gyp where CMake is missing, without a download', { timeout: 120 * SECONDS }, () => {
    const result = install(pathWithoutCMake());
    expect(result).toMatchObject({ status: 0, stdout: expect.stringContaining('addon built') });
    expect(existsSync(join(root, 'build/CMakeCache.txt'))).toBe(false);
    expect(createRequire(import.meta.url)(addon())).toEqual({ answer: 1 });
    expect(readdirSync(root)).not.toContain('.cache');
  });

  test('a source that does not compile is refused with the compiler’s words and one sentence', {
    timeout: 120 * SECONDS,
  }, () => {
    writeFileSync(join(root, 'native/addon.cc'), 'not C++\n');
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toMatch(/error:/);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^libtensorflow-node: the native addon could not be built/);
  });

  test('a library without its headers is refused before the compiler is asked', () => {
    rmSync(join(root, 'given/include'));
    const { status, stderr } = install();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^libtensorflow-node: the C header tensorflow\/c\/c_api.h is expected in [^\n]+\n$/);
  });
});
