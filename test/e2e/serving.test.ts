import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as tf from '../../src/index.js';
import { environment, REPOSITORY, started, urlOf } from './started.js';

const run = promisify(execFile);
const digit = Array.from({ length: 784 }, (_, i) => (i % 28 === 14 ? 1 : 0));

let scratch: string;
let savedModel: string;
let expected: number[];

/** The chapter's network, its first layer named as there. */
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'serve-'));
  savedModel = join(scratch, 'savedmodel');
  using model = tf.sequential();
  model.add(tf.layers.dense({ name: 'image', units: 256, activation: 'relu', inputShape: [784] }));
  model.add(tf.layers.dense({ units: 128, activation: 'relu' }));
  model.add(tf.layers.dense({ name: 'prediction', units: 10, activation: 'softmax' }));
  model.compile({ optimizer: 'rmsprop', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await model.exportSavedModel(savedModel);
  await model.save(join(scratch, 'mnist.h5'));
  await model.save(join(scratch, 'mnist.keras'));
  using scores = await model.predict(tf.tensor([digit]));
  expected = Array.from(scores.dataSync() as Float32Array);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const closeTo = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

test('the chapter’s curl line gets the digit', async () => {
  const port = await freePort();
  const server = await tf.serve(savedModel, { port });
  const body = JSON.stringify({ instances: [{ image_input: digit }] });
  const url = `http://localhost:${port}/serving_default/predict`;
  const { stdout } = await run('curl', ['-s', '-X', 'POST', '-H', 'Content-Type: application/json', '-d', body, url]);
  expect(JSON.parse(stdout)).toEqual({ predictions: [{ prediction: closeTo(expected) }] });
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test.each(['mnist.h5', 'mnist.keras'])('%s is served as it is', async (file) => {
  const server = await tf.serve(join(scratch, file), { port: 0 });
  const answer = await fetch(`${server.url}/v1/models/mnist:predict`, {
    method: 'POST',
    body: JSON.stringify({ instances: [digit] }),
  });
  expect(await answer.json()).toEqual({ predictions: [closeTo(expected)] });
  await server.close();
});

test('training steps are there, and not served', async () => {
  const server = await tf.serve(savedModel, { port: 0 });
  const { models } = (await (await fetch(`${server.url}/models`)).json()) as { models: [{ signatures: string[] }] };
  expect(models[0].signatures.sort()).toEqual(['predict', 'serve', 'serving_default']);
  await server.close();
});

test('close answers what it has', async () => {
  const server = await tf.serve(savedModel, { port: 0 });
  const body = JSON.stringify({ instances: Array(50).fill(digit) });
  const requests = Array.from({ length: 4 }, () =>
    fetch(`${server.url}/v1/models/savedmodel:predict`, { method: 'POST', body }),
  );
  await Promise.race(requests);
  await server.close();
  const statuses = (await Promise.allSettled(requests)).map((one) =>
    one.status === 'fulfilled' ? one.value.status : 0,
  );
  // Why 0 too: who had not got through to it yet finds nobody there.
  for (const status of statuses) expect([200, 0]).toContain(status);
  expect(statuses).toContain(200);
});

test('a new version is taken up while requests run, and none of them fails', async () => {
  const base = join(scratch, 'versions');
  await mkdir(base);
  await cp(savedModel, join(base, '1'), { recursive: true });
  const server = await tf.serve(base, { port: 0, name: 'm', pollSeconds: 0.02 });
  const body = JSON.stringify({ instances: [digit] });
  const version = async (): Promise<string | undefined> => {
    const answer = await fetch(`${server.url}/v1/models/m`);
    const { model_version_status: states } = (await answer.json()) as { model_version_status: { version: string }[] };
    return states[0]?.version;
  };
  const statuses = new Set<number>();
  const ask = async (): Promise<void> => {
    statuses.add((await fetch(`${server.url}/v1/models/m:predict`, { method: 'POST', body })).status);
  };
  for (const next of ['2', '3']) {
    await cp(savedModel, join(base, next), { recursive: true });
    while ((await version()) !== next) await Promise.all([ask(), ask(), ask()]);
  }
  expect([...statuses]).toEqual([200]);
  await server.close();
});

test('a port that is taken, an unknown option and a path that is no model are refused', async () => {
  const server = await tf.serve(savedModel, { port: 0 });
  const port = Number(new URL(server.url).port);
  await expect(tf.serve(savedModel, { port })).rejects.toMatchObject({ code: 'ERR_ARGUMENT' });
  await server.close();
  await expect(tf.serve(join(scratch, 'none'))).rejects.toMatchObject({ code: 'ERR_NOT_READABLE' });
  const odd = { prot: 1 } as object;
  await expect(tf.serve(savedModel, odd)).rejects.toThrow("Unknown option of serve 'prot'. Did you mean 'port'?");
});

test.each(['SIGTERM', 'SIGINT'] as const)('the command serves until %s', async (signal) => {
  const server = await started(['serve', savedModel, '--port', '0']);
  expect((await fetch(`${urlOf(server)}/v1/models/savedmodel`)).status).toBe(200);
  server.child.kill(signal);
  expect(await server.ended).toEqual({ code: 0, by: null });
});

test('a program that serves nothing loads no server', async () => {
  const code = `
    import { createRequire } from 'node:module';
    await import('./src/index.ts');
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.filter((file) => /node_modules.fastify/.test(file)).length);`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', code];
  const { stdout } = await run(process.execPath, args, { cwd: REPOSITORY, env: environment });
  expect(stdout.trim()).toBe('0');
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}
