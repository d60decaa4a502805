import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';

let folder: string;

/** Multiplies a row by its version. */
async function putVersion(version: number): Promise<void> {
  using program = new tf.Program();
  program.function('serving_default', { x: tf.spec('float32', [null, 100]) }, ({ x }) => ({
    y: tf.ops.mul(tf.ops.sum(x, 1), version),
  }));
  await program.save(`${folder}-${version}`);
  await rename(`${folder}-${version}`, join(folder, String(version)));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
  await putVersion(1);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (url: string, connections: number, duration: number) =>
  autocannon({
    url: `${url}/v1/models/model:predict`,
    method: 'POST',
    body: JSON.stringify({ instances: [new Array(100).fill(0.01)] }),
    connections,
    duration,
  });

test('ten hot reloads under load, and no request fails', { timeout: 60_000 }, async () => {
  const server = await tf.serve(folder, { port: 0, name: 'model', pollSeconds: 0.1 });
  try {
    const loaded = load(server.url, 16, 8);
    const states: string[] = [];
    for (let version = 2; version <= 11; version++) {
      await putVersion(version);
      const about = `${server.url}/v1/models/model/versions/${version}`;
      await expect
        .poll(async () => (await fetch(about)).json(), { timeout: 5000, interval: 50 })
        .toMatchObject({ model_version_status: [{ state: 'AVAILABLE' }] });
      states.push(String(version));
    }
    const { non2xx, errors, '2xx': answered } = await loaded;
    expect({ non2xx, errors, reloads: states.length }).toEqual({ non2xx: 0, errors: 0, reloads: 10 });
    expect(answered).toBeGreaterThan(100);
  } finally {
    await server.close();
  }
});

test('beyond its capacity a server refuses at once, and answers again at once', { timeout: 60_000 }, async () => {
  const batching = { maxBatchSize: 2, numBatchThreads: 1, maxEnqueuedBatches: 2, batchTimeoutMicros: 20_000 };
  const server = await tf.serve(folder, { port: 0, name: 'model', batching });
  try {
    const { non2xx, errors, '2xx': answered, statusCodeStats } = await load(server.url, 64, 3);
    expect(errors).toBe(0);
    expect(Object.keys(statusCodeStats ?? {}).sort()).toEqual(['200', '429']);
    expect(non2xx).toBeGreaterThan(0);
    expect(answered).toBeGreaterThan(0);
    const refused = await load(server.url, 1, 1);
    expect(refused.non2xx).toBe(0);
  } finally {
    await server.close();
  }
});
