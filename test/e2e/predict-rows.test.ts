import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const ROWS = 40_000;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'predict-rows-'));
  using program = new tf.Program({ seed: 1 });
  program.function('serving_default', { x: tf.spec('int32', [null]) }, ({ x }) => ({ twice: tf.ops.mul(x, 2) }));
  await program.save(join(scratch, 'model'));
  await writeFile(join(scratch, 'rows.jsonl'), Array.from({ length: ROWS }, (_, i) => `${i}\n`).join(''));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test('a run that is killed goes on where it stopped, and its lines are those of one that was not', async () => {
  const first = predict();
  await expect.poll(partBytes, { timeout: 45_000, interval: 5 }).toBeGreaterThan(0);
  first.child.kill('SIGKILL');
  await first.ended;
  const left = await partBytes();
  expect(left).toBeGreaterThan(0);
  expect(await readdir(scratch)).not.toContain('out.jsonl');

  const said = await predict().ended;
  expect(said).toMatch(/Going on after \d+ rows that are there/);
  expect(said).toContain(`${ROWS} rows predicted`);
  const lines = (await readFile(join(scratch, 'out.jsonl'), 'utf8')).split('\n').slice(0, -1);
  expect(lines).toEqual(Array.from({ length: ROWS }, (_, i) => `{"twice": ${2 * i}}`));
  expect(await partBytes()).toBe(0);
});

function predict(): { child: ChildProcess; ended: Promise<string> } {
  const files = ['--input', join(scratch, 'rows.jsonl'), '--output', join(scratch, 'out.jsonl'), '--batch-size', '8'];
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'predict', join(scratch, 'model'), ...files];
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  return { child, ended: new Promise((done) => child.on('close', () => done(said))) };
}

async function partBytes(): Promise<number> {
  const part = (await readdir(scratch)).find((name) => name.endsWith('.part'));
  return part ? (await stat(join(scratch, part))).size : 0;
}
