import { AggregatorRegistry } from 'prom-client';
import { config } from '../../core/config.js';
import { codeOf, messageOf } from '../../errors/errors.js';
import { type ModelServer, serveHere } from '../serve-here.js';
import type { Order, Report } from './workers.js';

/** The program of a worker: does what the process above it says. */

let server: ModelServer | undefined;
/** Who waits for the metrics of all workers. */
const waiting: ((text: string) => void)[] = [];

function report(message: Report): void {
  process.send?.(message);
}

function metricsOfAll(): Promise<string> {
  report({ kind: 'metrics' });
  return new Promise((done) => waiting.push(done));
}

async function obey(order: Order): Promise<void> {
  if (order.kind === 'metrics') for (const done of waiting.splice(0)) done(order.text);
  if (order.kind === 'close') {
    await server?.close();
    process.exit(0);
  }
  if (order.kind !== 'serve') return;
  config(order.settings);
  server = await serveHere(order.path, order.options, {
    tellRegistries: (registries) => AggregatorRegistry.setRegistries([...registries]),
    text: metricsOfAll,
  });
  const { url, grpcAddress } = server;
  report({ kind: 'serving', url, grpcAddress });
}

// Why: a terminal signals all processes; the one above decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
// Why: being made, it hears the process above ask for metrics.
new AggregatorRegistry();
process.on('message', (order: Order) => {
  obey(order).catch((error: unknown) => {
    report({ kind: 'failed', code: codeOf(error) ?? 'ERR_LIBRARY', message: messageOf(error) });
    process.exitCode = 1;
    process.disconnect();
  });
});
report({ kind: 'awake' });
