import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { loadAddon } from '../../native/library.js';

let made: Registry | undefined;

/**
 * Memory, time and event loop of this process, and what it holds of the library.
 *
 * Why one for all servers: the observers behind them cannot be taken back.
 */
export function processMetrics(): Registry {
  if (made) return made;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  gauge(registry, 'process_native_memory_bytes', 'Resident memory that is not the JavaScript heap’s.', () => {
    const { rss, heapTotal } = process.memoryUsage();
    return Math.max(0, rss - heapTotal);
  });
  gauge(registry, 'libtensorflow_tensors', 'Tensors in the library’s memory.', () => loadAddon().counters().tensors);
  gauge(registry, 'libtensorflow_sessions', 'Open sessions.', () => loadAddon().counters().sessions);
  gauge(registry, 'libtensorflow_graphs', 'Graphs held.', () => loadAddon().counters().graphs);
  gauge(registry, 'libtensorflow_running', 'Runs in flight.', () => loadAddon().counters().running);
  made = registry;
  return registry;
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
