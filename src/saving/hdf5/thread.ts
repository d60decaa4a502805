import { Worker } from 'node:worker_threads';

const SOURCE = new URL('./worker.mjs', import.meta.url);

type Reply = { value: unknown } | { error: string };

/** What libhdf5 said, or that its thread ended. */
export class Hdf5Failure extends Error {}

/**
 * A thread with libhdf5 in it, which holds one file at a time. Requests are sent one after another.
 *
 * Owner: the caller of {@link Hdf5Thread.take}, who gives it back with `release` after a file that made no trouble,
 * and ends it with `end` otherwise: a library that failed once may be in a state that harms the next file.
 */
export class Hdf5Thread {
  static #idle: Hdf5Thread | undefined;

  readonly #worker: Worker;
  readonly #stallMs: number;
  #settle: ((reply: Reply) => void) | undefined;

  private constructor(stallMs: number) {
    this.#stallMs = stallMs;
    // Why stderr and stdout: the thread's own chatter about damaged files is not for the user's terminal.
    this.#worker = new Worker(SOURCE, { name: 'hdf5', execArgv: [], stdout: true, stderr: true });
    this.#worker.on('message', (reply: Reply) => this.#settle?.(reply));
    this.#worker.on('error', (error) => this.#settle?.({ error: error.message }));
    this.#worker.on('exit', () => {
      if (Hdf5Thread.#idle === this) Hdf5Thread.#idle = undefined;
      this.#settle?.({ error: 'the HDF5 library ended itself' });
    });
  }

  /** An idle thread, or a new one. A request without an answer after `stallMs` ends the thread. */
  static take(stallMs: number): Hdf5Thread {
    const idle = Hdf5Thread.#idle;
    if (!idle || idle.#stallMs !== stallMs) return new Hdf5Thread(stallMs);
    Hdf5Thread.#idle = undefined;
    idle.#worker.ref();
    return idle;
  }

  release(): void {
    if (Hdf5Thread.#idle) {
      this.end();
      return;
    }
    Hdf5Thread.#idle = this;
    this.#worker.unref();
  }

  end(): void {
    void this.#worker.terminate();
  }

  /** @throws Hdf5Failure */
  async call<T>(op: string, args: unknown[], transfer: ArrayBuffer[] = []): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      this.#settle = resolve;
      timer = setTimeout(resolve, this.#stallMs, { error: `no answer within ${this.#stallMs / 1000} s` });
      this.#worker.postMessage({ op, args }, transfer);
    });
    clearTimeout(timer);
    this.#settle = undefined;
    if ('error' in reply) throw new Hdf5Failure(reply.error);
    return reply.value as T;
  }
}
