import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Program } from '../../../src/core/program.js';
import { spec } from '../../../src/core/spec.js';
import * as ops from '../../../src/ops/index.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { Repository, type RepositoryOptions } from '../../../src/serving/repository/repository.js';

let scratch: string;
let base: string;
let made = 0;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'training-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
beforeEach(async () => {
  base = join(scratch, String(made++));
  using program = counter();
  await program.save(join(base, '1'));
});

/** `train_step` reads the total, waits, and writes it back: two at once would lose one. */
function counter(): Program {
  const program = new Program({ seed: 1 });
  const total = program.variable('total', { shape: [], initializer: () => ops.constant(0) });
  program.function('serving_default', { x: spec('float32', [null]) }, ({ x }) => ({ y: ops.add(x, total) }));
  program.function('train_step', { x: spec('float32', [null]) }, ({ x }) => {
    const before = ops.identity(total);
    const big = ops.fill([200, 200], before);
    const slow = ops.max(ops.matMul(ops.matMul(big, big), ops.zerosLike(big)), [0, 1]);
    total.assign(ops.add(ops.add(before, slow), ops.sum(x)));
    return { total: ops.identity(total) };
  });
  program.function('keep', { path: spec('string', []) }, ({ path }) => {
    program.saveCheckpoint(path);
    return { path: ops.identity(path) };
  });
  return program;
}

async function serving(options: RepositoryOptions, path = base) {
  const repository = new Repository();
  await repository.load(path, { name: 'm', ...options });
  const app = httpServer(repository);
  const post = async (url: string, payload: object = {}) => {
    const { statusCode: status, body } = await app.inject({ method: 'POST', url, payload });
    return { status, body: JSON.parse(body) };
  };
  const train = (x: number[]) => post('/v1/models/m:predict', { signature_name: 'train_step', inputs: { x } });
  const predict = (where = '') => post(`/v1/models/m${where}:predict`, { instances: [0] });
  const close = async (): Promise<void> => {
    await app.close();
    repository.dispose();
  };
  return { repository, post, train, predict, [Symbol.asyncDispose]: close };
}

describe('training', () => {
  test('is not there unless it is allowed', async () => {
    await using server = await serving({});
    expect((await server.train([1])).status).toBe(400);
    expect(await server.post('/v1/models/m:save')).toEqual({
      status: 501,
      body: { error: 'Training is not allowed here: m' },
    });
    expect(await readdir(base)).toEqual(['1']);
  });

  test('steps run one at a time, while predictions go on', async () => {
    await using server = await serving({ train: true });
    const steps = Array.from({ length: 20 }, () => server.train([1, 2]));
    const predictions = await Promise.all(Array.from({ length: 20 }, () => server.predict()));
    expect(predictions.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const totals = (await Promise.all(steps)).map(({ body }) => body.outputs);
    expect(totals.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => (i + 1) * 3));
    expect((await server.predict()).body).toEqual({ predictions: [60] });
  });

  test('signatures that write files stay closed', async () => {
    await using server = await serving({ train: true });
    const { status } = await server.post('/v1/models/m:predict', { signature_name: 'keep', inputs: join(base, 'x') });
    expect(status).toBe(400);
  });

  test('a save is a new version, with which training goes on, and which another server loads', async () => {
    await using server = await serving({ train: true });
    await server.train([2]);
    expect(await server.post('/v1/models/m:save')).toEqual({ status: 200, body: { version: '2' } });
    expect((await readdir(base)).sort()).toEqual(['1', '2']);
    await server.train([3]);
    await server.repository.refresh();
    expect((await server.predict('/versions/2')).body).toEqual({ predictions: [5] });
    await using other = await serving({ versions: 'all', train: true });
    expect((await other.predict('/versions/1')).body).toEqual({ predictions: [0] });
    expect((await other.predict('/versions/2')).body).toEqual({ predictions: [2] });
    await other.train([1]);
    expect((await other.predict('/versions/2')).body).toEqual({ predictions: [3] });
  });

  test('of all versions, the new one is served beside the one it was', async () => {
    await using server = await serving({ train: true, versions: 'all' });
    await server.train([2]);
    expect((await server.post('/v1/models/m/versions/1:save')).body).toEqual({ version: '2' });
    expect((await server.predict('/versions/1')).body).toEqual({ predictions: [2] });
    expect((await server.predict()).body).toEqual({ predictions: [2] });
  });

  test('a model without a base folder has nowhere to be saved to', async () => {
    await using server = await serving({ train: true }, join(base, '1'));
    const { status, body } = await server.post('/v1/models/m:save');
    expect(status).toBe(400);
    expect(body.error).toContain('has no base folder for a new version: m');
    expect(await readdir(base)).toEqual(['1']);
  });
});
