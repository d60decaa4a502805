/**
 * A server in a process of its own: `server.ts MODEL BATCHING`, BATCHING as JSON. Prints its address; to every line it
 * is sent it answers with what it used: bytes of memory, rows and milliseconds of the runs since the line before.
 */
import { createInterface } from 'node:readline';
import { Batcher } from '../../src/serving/batching/batcher.js';
import { httpServer } from '../../src/serving/http/server.js';
import type { Observer } from '../../src/serving/observer.js';
import { Repository } from '../../src/serving/repository/repository.js';
import { watch } from '../../src/serving/repository/watch.js';

const [model = '', batching = '{}'] = process.argv.slice(2);
let runs: { rows: number; millis: number }[] = [];
const observer: Observer = {
  request: () => ({ id: '', target: undefined, within: (work) => work(), failed: console.error, end: () => {} }),
  queue: () => ({ leave: () => {} }),
  run: (_, { rows }) => {
    const begin = performance.now();
    return () => runs.push({ rows, millis: performance.now() - begin });
  },
};
const repository = new Repository(new Batcher(JSON.parse(batching), observer));
await repository.load(model, { name: 'model' });
watch(repository, 0.2);
console.log(await httpServer(repository).listen({ port: 0, host: '127.0.0.1' }));
for await (const _ of createInterface({ input: process.stdin })) {
  const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const used = {
    rss: process.memoryUsage.rss(),
    runs: runs.length,
    rows: median(runs.map(({ rows }) => rows)),
    runMillis: median(runs.map(({ millis }) => millis)),
  };
  runs = [];
  console.log(JSON.stringify(used));
}
process.exit();
