/**
 * Requests for one picture each, as JSON and as KServe's bytes, over 64 connections, with batching and without, by turns
 * on one machine.
 *
 * tsx bench/serving/batching.ts MODEL [seconds]      MODEL: a network for pictures of 32 × 32 × 3
 */
import autocannon from 'autocannon';
import type { BatchingParameters } from '../../src/serving/batching/parameters.js';
import { machine } from '../machine.js';
import { startServer } from './serving-side.js';

const [model = '', seconds = '30', settings = '{}'] = process.argv.slice(2);
const picture = Array.from({ length: 32 }, (_, row) =>
  Array.from({ length: 32 }, (_, column) =>
    [row, column, row + column].map((value) => Number((value / 64).toFixed(4))),
  ),
);
const bytes = Buffer.from(Float32Array.from(picture.flat(2)).buffer);

interface Form {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/** KServe's request for one picture; its input's name is the model's. */
async function bytesForm(url: string): Promise<Form> {
  const { inputs } = (await (await fetch(`${url}/v2/models/model`)).json()) as { inputs: { name: string }[] };
  const input = { ...inputs[0], shape: [1, 32, 32, 3], parameters: { binary_data_size: bytes.length } };
  const head = Buffer.from(JSON.stringify({ inputs: [input], parameters: { binary_data_output: true } }));
  return {
    path: '/v2/models/model/infer',
    headers: { 'inference-header-content-length': String(head.length) },
    body: Buffer.concat([head, bytes]),
  };
}

async function measure(name: string, batching: BatchingParameters | false): Promise<void> {
  await using server = await startServer(model, batching);
  const json = { path: '/v1/models/model:predict', headers: {}, body: JSON.stringify({ instances: [picture] }) };
  const { path, ...form } = name === 'JSON' ? json : await bytesForm(server.url);
  const load = { ...form, url: server.url + path, method: 'POST' as const, connections: 64 };
  await autocannon({ ...load, duration: 2 });
  await server.use();
  const { requests, latency, non2xx, errors } = await autocannon({ ...load, duration: Number(seconds) });
  const use = await server.use();
  console.log({
    form: name,
    batching: batching && JSON.stringify(batching),
    requestsPerSecond: Math.round(requests.average),
    medianMillis: latency.p50,
    p99Millis: latency.p99,
    failures: non2xx + errors,
    rowsPerRun: use.rows,
    runMillis: Number(use.runMillis.toFixed(2)),
    latencyOfRuns: Number((latency.p50 / use.runMillis).toFixed(2)),
    rssMiB: Math.round(use.rss / 2 ** 20),
  });
}

console.log(machine());
for (const form of ['JSON', 'bytes']) {
  for (const batching of [false, JSON.parse(settings), false, JSON.parse(settings)]) await measure(form, batching);
}
