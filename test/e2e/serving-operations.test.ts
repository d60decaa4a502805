import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';
import { type Started, started, urlOf } from './started.js';

/** How long an event is waited for. */
const POLL = { timeout: 45_000, interval: 10 };

let scratch: string;
let savedModel: string;
let running: Started | undefined;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'serve-'));
  savedModel = join(scratch, 'm');
  using model = tf.sequential();
  model.add(tf.layers.dense({ units: 3, inputShape: [4] }));
  await model.exportSavedModel(savedModel);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
afterEach(() => {
  running?.child.kill('SIGKILL');
});

async function serve(...args: string[]): Promise<string> {
  running = await started(['serve', savedModel, '--port', '0', '--poll-seconds', '0', ...args]);
  return urlOf(running);
}

function predict(url: string, rows = 1, more: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ instances: Array(rows).fill([1, 2, 3, 4]) });
  const headers = { connection: 'close', ...more };
  return fetch(`${url}/v1/models/m:predict`, { method: 'POST', body, headers, signal: signal ?? null });
}

test('SIGTERM: not ready first, requests go on for the drain time, then it ends with 0', async () => {
  const url = await serve('--drain-seconds', '2');
  running?.child.kill('SIGTERM');
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status, POLL).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await predict(url)).status).toBe(200);
  expect(await running?.ended).toEqual({ code: 0, by: null });
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test('SIGTERM under load: whoever got through is answered', async () => {
  const url = await serve();
  let [answered, stopped] = [0, false];
  const client = async (): Promise<void> => {
    while (!stopped) {
      const answer = await predict(url, 50).catch(() => undefined);
      if (!answer) return;
      expect(answer.status).toBe(200);
      expect(await answer.json()).toHaveProperty('predictions.length', 50);
      answered++;
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, client));
  await expect.poll(() => answered, POLL).toBeGreaterThanOrEqual(20);
  running?.child.kill('SIGTERM');
  expect(await running?.ended).toEqual({ code: 0, by: null });
  stopped = true;
  await clients;
  expect(running?.errors()).not.toMatch(/Error|Warning:/);
});

test('workers share the port; their metrics are added up; one that dies is replaced; SIGTERM ends all', async () => {
  const url = await serve('--workers', '2', '--log-level', 'info');
  const workers = new Set<number>();
  const logged = (): number[] =>
    (running?.errors() ?? '')
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [Number(JSON.parse(line).pid)] : []));
  let sent = 0;
  const heardOf = async (): Promise<number> => {
    expect((await predict(url)).status).toBe(200);
    sent++;
    for (const pid of logged()) workers.add(pid);
    return workers.size;
  };
  await expect.poll(heardOf, POLL).toBe(2);
  const count = async (): Promise<number> => {
    const text = await metricsText(url);
    return Number(/:tensorflow:serving:request_count\{[^}]*status="OK"\} (\d+)/.exec(text)?.[1]);
  };
  expect(await count()).toBe(sent);

  const [victim = 0] = workers;
  process.kill(victim, 'SIGKILL');
  // Why a time limit: node hands connections on to a worker that has just died.
  const strangers = async (): Promise<number[]> => {
    await predict(url, 1, {}, AbortSignal.timeout(1000)).catch(() => undefined);
    return logged().filter((pid) => !workers.has(pid));
  };
  await expect.poll(strangers, POLL).not.toEqual([]);
  expect(running?.errors()).toContain('A worker ended by SIGKILL and is replaced.');
  expect((await predict(url)).status).toBe(200);

  running?.child.kill('SIGTERM');
  expect(await running?.ended).toEqual({ code: 0, by: null });
  for (const pid of new Set(logged())) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
}, 60_000);

/** Why not fetch: over connections of its own, so that any worker may answer. */
function metricsText(url: string): Promise<string> {
  return new Promise((done, failed) => {
    get(`${url}/metrics`, { agent: new Agent({ keepAlive: false }) }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      done(text);
    }).on('error', failed);
  });
}

test('what is wrong with the model is said once, by many workers as by one', async () => {
  const failing = started(['serve', join(scratch, 'none'), '--workers', '2', '--port', '0']);
  await expect(failing).rejects.toThrow(/ended with 1: ERR_NOT_READABLE: [^\n]*none[^\n]*\n$/);
});

test('tokens come from the environment, and are not shown', async () => {
  running = await started(['serve', savedModel, '--port', '0'], { LIBTENSORFLOW_NODE_TOKENS: 'first second' });
  const url = urlOf(running);
  expect((await predict(url)).status).toBe(401);
  expect((await predict(url, 1, { authorization: 'Bearer second' })).status).toBe(200);
});
