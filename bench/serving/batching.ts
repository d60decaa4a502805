/**
 * Requests for one picture each, over 64 connections, with batching and without, by turns on one machine.
 *
 * tsx bench/serving/batching.ts MODEL [seconds]      MODEL: a network for pictures of 32 × 32 × 3
 */
import autocannon from 'autocannon';
import { machine } from '../machine.js';
import { startServer } from './serving-side.js';

const [model = '', seconds = '30', settings = '{}'] = process.argv.slice(2);
const picture = Array.from({ length: 32 }, (_, row) =>
  Array.from({ length: 32 }, (_, column) =>
    [row, column, row + column].map((value) => Number((value / 64).toFixed(4))),
  ),
);
const body = JSON.stringify({ instances: [picture] });

console.log(machine());
for (const batching of [false, JSON.parse(settings), false, JSON.parse(settings)]) {
  await using server = await startServer(model, batching);
  const url = `${server.url}/v1/models/model:predict`;
  const load = { url, method: 'POST' as const, body, connections: 64 };
  await autocannon({ ...load, duration: 2 });
  await server.use();
  const { requests, latency, non2xx, errors } = await autocannon({ ...load, duration: Number(seconds) });
  const use = await server.use();
  console.log({
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
