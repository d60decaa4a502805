import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { x as extract } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPOSITORY } from './started.js';

/** Outside of the checkout: `app` is somebody's project with the package as npm packs it, its dependencies lie above. */
let root: string;
let app: string;
let installed: string;
const environment = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, TF_CPP_MIN_LOG_LEVEL: undefined };

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'package-'));
  app = join(root, 'app');
  installed = join(app, 'node_modules/libtensorflow-node');
  mkdirSync(installed, { recursive: true });
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  // `npm pack` builds `dist` first.
  execFileSync('npm', ['pack', '--pack-destination', root], { cwd: REPOSITORY, stdio: 'pipe' });
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { version: string };
  await extract({ file: join(root, `libtensorflow-node-${version}.tgz`), cwd: installed, strip: 1 });
  cpSync(join(REPOSITORY, 'build/Release'), join(installed, 'build/Release'), { recursive: true });
  cpSync(join(import.meta.dirname, 'programs/installed.mjs'), join(app, 'installed.mjs'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function node(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: app,
    env: environment,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function commandLine(...args: string[]) {
  return node(join(installed, 'dist/cli/main.js'), ...args);
}

test('a program learns, saves, loads, draws, encodes and serves, in workers too; nothing is printed beside', () => {
  const { stdout, ...ended } = node('installed.mjs');
  expect(ended).toEqual({ status: 0, stderr: '' });
  const { predictions, features, served } = JSON.parse(stdout);
  for (const [i, value] of [1, 3, 5, 7].entries()) expect(predictions[i]).toBeCloseTo(value, 2);
  expect(features).toEqual([3, 4]);
  for (const value of served) expect(value).toBeCloseTo(9, 2);
  expect(served).toHaveLength(2);
  for (const file of ['model.h5', 'model.keras', 'line/saved_model.pb', 'history.png', 'grid.png']) {
    expect(existsSync(join(app, file)), file).toBe(true);
  }
});

test('its command line examines itself and trains', () => {
  expect(commandLine('doctor')).toMatchObject({ status: 0, stdout: expect.stringMatching(/All is well/) });
  const trained = commandLine('train', 'pictures', '--epochs', '1', '--batch-size', '4', '--plot', 'trained.png');
  expect(trained).toMatchObject({ status: 0, stdout: expect.stringMatching(/The best model is in model\.h5/) });
  expect(existsSync(join(app, 'trained.png'))).toBe(true);
});

test('encloses the licences of what is bundled', () => {
  const notice = readFileSync(join(installed, 'dist/THIRD-PARTY.txt'), 'utf8');
  expect(notice).toMatch(/@bufbuild\/protobuf \d.*Buf Technologies.*Apache License.*Google Inc.*Redistribution/s);
  expect(notice).toMatch(/fastest-levenshtein \d.*MIT License.*Copyright/s);
});
