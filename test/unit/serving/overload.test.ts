import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Batcher } from '../../../src/serving/batching/batcher.js';
import type { Lane } from '../../../src/serving/batching/lane.js';
import { httpServer } from '../../../src/serving/http/server.js';
import { Repository, ServedModelVersions } from '../../../src/serving/repository/repository.js';
import type { Servable, Tensors } from '../../../src/serving/repository/servable.js';

/** A model whose runs end when they are told to. */
class SlowModel {
  readonly #ends: (() => void)[] = [];
  readonly lane: Lane;
  runs = 0;

  constructor() {
    const x = { name: 'x:0', dtype: 'float32', shape: [null] } as const;
    this.lane = new Batcher({ numBatchThreads: 1, maxBatchSize: 1, maxEnqueuedBatches: 1 }).lane({
      target: () => ({ model: 'm', version: 1, signature: 'serving_default' }),
      inputs: { x },
      outputs: { x },
      exclusive: false,
      run: async (inputs) => {
        this.runs++;
        await new Promise<void>((resolve) => this.#ends.push(resolve));
        return { x: (inputs.x as NonNullable<Tensors[string]>).reshape([1]) };
      },
    });
  }

  endAll(): void {
    for (const end of this.#ends.splice(0)) end();
  }
}

let model: SlowModel;
let server: ReturnType<typeof httpServer>;
let url: string;
async function start(deadline = 0): Promise<void> {
  model = new SlowModel();
  const repository = new Repository();
  const signature = {
    name: 'serving_default',
    method: '',
    inputs: { x: { name: 'x:0', dtype: 'float32', shape: [null] } },
    outputs: {},
    changes: false,
  };
  const servable: Pick<Servable, 'signatures' | 'run' | 'use' | 'dispose'> = {
    signatures: new Map([['serving_default', signature]]) as Servable['signatures'],
    run: (_, inputs, signal) => model.lane.submit(inputs, signal),
    use: (work) => work(),
    dispose: () => {},
  };
  repository.models.set('m', new ServedModelVersions('m', new Map([[1, servable as Servable]]), {}));
  server = httpServer(repository, { deadline });
  await server.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/v1/models/m:predict`;
}
afterEach(async () => {
  model.endAll();
  await server.close();
});

const ask = () => fetch(url, { method: 'POST', body: '{"instances": [1]}' });
const running = () => expect.poll(() => model.runs).toBeGreaterThan(0);

test('a full queue answers at once when to come again', async () => {
  await start();
  const first = ask();
  await running();
  const second = ask();
  await expect.poll(() => model.lane.isEmpty).toBe(false);
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await refused.json()).toEqual({ error: expect.stringContaining('queue') });
  model.endAll();
  await expect.poll(() => model.runs).toBe(2);
  model.endAll();
  expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
});

test('a late answer is a 504', async () => {
  await start(300);
  const late = await ask();
  expect(late.status).toBe(504);
  expect(await late.json()).toEqual({ error: 'Not answered within 300 ms' });
});

test('who goes leaves the queue', async () => {
  await start();
  const first = ask();
  await running();
  const leaving = request(url, { method: 'POST' });
  leaving.on('error', () => {});
  leaving.end('{"instances": [2]}');
  await expect.poll(() => model.lane.isEmpty).toBe(false);
  leaving.destroy();
  await expect.poll(() => model.lane.isEmpty).toBe(true);
  model.endAll();
  expect((await first).status).toBe(200);
  expect(model.runs).toBe(1);
});
