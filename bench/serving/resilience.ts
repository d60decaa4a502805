/**
 * Ten hot reloads under full load, then twice the load that the queue takes: no request may be lost, memory comes back.
 *
 * tsx bench/serving/resilience.ts MODEL [seconds of overload]
 */
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { machine } from '../machine.js';
import { startServer } from './serving-side.js';

const [model = '', seconds = '30'] = process.argv.slice(2);
const body = JSON.stringify({ instances: [new Array(32).fill(new Array(32).fill([0.1, 0.5, 0.9]))] });
const base = await mkdtemp(join(tmpdir(), 'resilience-'));

async function putVersion(version: number): Promise<void> {
  await cp(model, `${base}-new`, { recursive: true });
  await rename(`${base}-new`, join(base, String(version)));
}

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

console.log(machine());
try {
  await putVersion(1);
  await using server = await startServer(base, { maxEnqueuedBatches: 1 });
  const load = (connections: number, duration: number) =>
    autocannon({ url: `${server.url}/v1/models/model:predict`, method: 'POST', body, connections, duration });
  await load(32, 5);
  const before = (await server.use()).rss;
  const loaded = load(32, 15);
  for (let version = 2; version <= 11; version++) {
    await sleep(1200);
    await putVersion(version);
  }
  const reloaded = await loaded;
  await load(32, 2);
  const after = (await server.use()).rss;
  console.log({
    reloads: 10,
    answered: reloaded['2xx'],
    failed: reloaded.non2xx + reloaded.errors,
    rssMiB: [before, after].map(mebibytes),
    rssRatio: Number((after / before).toFixed(2)),
  });

  const overload = load(256, Number(seconds));
  const sizes: number[] = [];
  for (let i = 0; i < Number(seconds) / 2; i++) {
    await sleep(1900);
    sizes.push(mebibytes((await server.use()).rss));
  }
  const { statusCodeStats, errors } = await overload;
  const begin = performance.now();
  const next = await fetch(`${server.url}/v1/models/model:predict`, { method: 'POST', body });
  console.log({
    codes: Object.fromEntries(Object.entries(statusCodeStats ?? {}).map(([code, { count }]) => [code, count])),
    errors,
    rssMiB: [Math.min(...sizes), Math.max(...sizes)],
    next: next.status,
    nextMillis: Math.round(performance.now() - begin),
  });
} finally {
  await rm(base, { recursive: true, force: true });
}
