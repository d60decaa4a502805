import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Profile } from '../../../src/core/profile.js';
import * as tf from '../../../src/index.js';

const program = new tf.Program({ seed: 1 });
const calls = program.variable('calls', { shape: [], initializer: () => tf.constant(0) });
const fn = program.function('step', { x: tf.spec('float32', [null, 32]) }, ({ x }) => {
  calls.assignAdd(tf.constant(1));
  return { y: tf.nameScope('layer', () => tf.ops.tanh(tf.ops.matMul(x, tf.ops.transpose(x, [1, 0])))) };
});
const feeds = { x: tf.tensor(new Float32Array(16 * 32), [16, 32]) };
let folder: string;
let profile: Profile;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profile-'));
  profile = await program.profile(fn, feeds, { warmup: 1, runs: 4, traceFile: join(folder, 'trace.json') });
});

test('every operation has a row with count, times, share and bytes, the costliest first', () => {
  const { rows } = profile;
  const tanh = rows.find(({ name }) => name.endsWith('/Tanh'));
  expect(tanh).toMatchObject({ type: 'Tanh', count: 4, bytes: 16 * 16 * 4 });
  for (const { total, mean, count } of rows) expect(mean * count).toBeCloseTo(total, 6);
  expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(rows.map(({ total }) => total)).toEqual(rows.map(({ total }) => total).sort((a, b) => b - a));
});

test('operations can be grouped by type and by scope; groups add up to the whole', () => {
  const whole = profile.rows.reduce((sum, { total }) => sum + total, 0);
  for (const rows of [profile.types, profile.by(({ name }) => name.split('/')[1] ?? '')]) {
    expect(rows.reduce((sum, { total }) => sum + total, 0)).toBeCloseTo(whole, 6);
  }
  const layer = profile.by(({ name }) => (name.startsWith('step/layer/') ? 'layer' : 'rest'))[0];
  expect(profile.types.map(({ name }) => name)).toContain('Tanh');
  expect(layer).toBeDefined();
});

test('the text has both tables', () => {
  expect(String(profile)).toMatch(/^name +type +count +total µs +mean µs +% +bytes$/m);
  expect(String(profile)).toMatch(/^step\/layer\/Tanh +Tanh +4 /m);
  expect(profile.toString(1)).toContain('more');
});

test('calls are real: warm-up and measured ones have their effects', async () => {
  expect((await calls.value()).array()).toBe(5);
});

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid?: number;
  ts?: number;
  dur?: number;
}

test('the trace file is a Chrome trace: named processes and lanes, complete events that do not overlap in a lane', async () => {
  const trace = JSON.parse(await readFile(join(folder, 'trace.json'), 'utf8')) as { traceEvents: TraceEvent[] };
  expect(await readdir(folder)).toEqual(['trace.json']);
  const named = trace.traceEvents.filter(({ ph }) => ph === 'M').map(({ name, pid, tid }) => `${name} ${pid} ${tid}`);
  const complete = trace.traceEvents.filter(({ ph }) => ph === 'X');
  expect(complete).toHaveLength(profile.events.length);
  const ends = new Map<string, number>();
  for (const { pid, tid, ts = Number.NaN, dur = Number.NaN } of complete) {
    expect(named).toContain(`process_name ${pid} undefined`);
    expect(named).toContain(`thread_name ${pid} ${tid}`);
    expect(ts).toBeGreaterThanOrEqual(ends.get(`${pid} ${tid}`) ?? 0);
    expect(dur).toBeGreaterThanOrEqual(0);
    ends.set(`${pid} ${tid}`, ts + dur);
  }
});

test.each([
  ['no runs', { runs: 0 }, 'runs'],
  ['half a warm-up', { warmup: 0.5 }, 'warmup'],
  ['an unknown option', { run: 3 }, "'runs'"],
])('refuses %s', async (_, options: object, said) => {
  await expect(program.profile(fn, feeds, options)).rejects.toThrow(said);
});

test('refuses a missing input and a trace file that is a folder', async () => {
  await expect(program.profile(fn, {} as typeof feeds, {})).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  await expect(program.profile(fn, feeds, { runs: 1, traceFile: folder })).rejects.toMatchObject({
    code: 'ERR_NOT_WRITABLE',
  });
});

test('refuses a function of another program', async () => {
  using other = new tf.Program({ seed: 1 });
  await expect(other.profile(fn, feeds)).rejects.toMatchObject({ code: 'ERR_GRAPH' });
});
