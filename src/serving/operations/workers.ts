import cluster, { type Worker } from 'node:cluster';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AggregatorRegistry } from 'prom-client';
import { type Settings, settings } from '../../core/config.js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { ModelServer, ServerAddresses, ServerOptions } from '../serve-here.js';

/** What a worker is told. */
export type Order =
  | { readonly kind: 'serve'; readonly path: string; readonly options: ServerOptions; readonly settings: Settings }
  | { readonly kind: 'metrics'; readonly text: string }
  | { readonly kind: 'close' };

/** What a worker tells. */
export type Report =
  | { readonly kind: 'awake' }
  | ({ readonly kind: 'serving' } & ServerAddresses)
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'metrics' };

const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
const CLOSE: Order = { kind: 'close' };
/** Between tries to replace a worker that does not come up. */
const RETRY_MS = 1000;
/** A worker's own limits are shorter. */
const KILL_MS = 45_000;

/**
 * Serves from processes that share the port. This one serves nothing itself: it replaces workers that die, adds up their
 * metrics and closes them.
 */
export async function serveByWorkers(path: string, options: ServerOptions, count: number): Promise<ModelServer> {
  cluster.setupPrimary({ exec: fileURLToPath(WORKER), args: [], serialization: 'advanced' });
  const crew = new Crew({ kind: 'serve', path, options, settings: shared(count) });
  try {
    // Why one first: what is wrong with the model is said once.
    const addresses = await crew.hire();
    await Promise.all(Array.from({ length: count - 1 }, () => crew.hire()));
    return { ...addresses, close: () => crew.close(options.drainSeconds) };
  } catch (error) {
    await crew.close();
    throw error;
  }
}

/** The cores divided, unless the program has said otherwise. */
function shared(count: number): Settings {
  const threads = Math.max(1, Math.floor(availableParallelism() / count));
  return { intraOpThreads: threads, interOpThreads: threads, ...settings() };
}

/** Why the callback: one that is just ending hears nothing more, and that is no failure. */
function tell(worker: Worker, order: Order): void {
  if (worker.isConnected()) worker.send(order, () => {});
}

class Crew {
  readonly #order: Order;
  readonly #metrics = new AggregatorRegistry();
  readonly #workers = new Map<Worker, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(order: Order) {
    this.#order = order;
  }

  /** One more worker; where it serves. */
  hire(): Promise<ServerAddresses> {
    const worker = cluster.fork();
    return new Promise((resolve, reject) => {
      let serves = false;
      worker.on('message', (report: Report) => {
        // Why only now: what is sent to a program that still loads may meet nobody.
        if (report.kind === 'awake') tell(worker, this.#closing.signal.aborted ? CLOSE : this.#order);
        if (report.kind === 'metrics') void this.#tellMetrics(worker);
        if (report.kind === 'failed') reject(new TensorFlowError(report.code, report.message));
        if (report.kind !== 'serving') return;
        serves = true;
        resolve({ url: report.url, grpcAddress: report.grpcAddress });
      });
      const gone = new Promise<void>((done) => {
        worker.on('exit', (code, signal) => {
          this.#workers.delete(worker);
          const how = signal ? `by ${signal}` : `with ${code}`;
          reject(new TensorFlowError('ERR_LIBRARY', `serve: a worker ended ${how} before it served.`));
          if (serves) void this.#replace(how);
          done();
        });
      });
      this.#workers.set(worker, gone);
    });
  }

  async #replace(how: string): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    process.emitWarning(`A worker ended ${how} and is replaced.`);
    while (!signal.aborted && !(await this.#hired())) await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
  }

  /** Whether one more worker serves. */
  async #hired(): Promise<boolean> {
    try {
      await this.hire();
      return true;
    } catch (error) {
      if (!this.#closing.signal.aborted) process.emitWarning(`A worker does not come up: ${messageOf(error)}`);
      return false;
    }
  }

  async #tellMetrics(worker: Worker): Promise<void> {
    const text = await this.#metrics.clusterMetrics().catch((error: unknown) => `# ${messageOf(error)}\n`);
    tell(worker, { kind: 'metrics', text });
  }

  /** Waits until all have answered what they have. */
  async close(drainSeconds = 0): Promise<void> {
    this.#closing.abort();
    for (const worker of this.#workers.keys()) tell(worker, CLOSE);
    const late = setTimeout(() => this.#kill(), drainSeconds * 1000 + KILL_MS);
    await Promise.all(this.#workers.values());
    clearTimeout(late);
  }

  #kill(): void {
    for (const worker of this.#workers.keys()) worker.process.kill('SIGKILL');
  }
}
