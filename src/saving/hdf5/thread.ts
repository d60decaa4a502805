import { Worker } from 'node:worker_threads';

const SOURCE = new URL('./worker.mjs', import.meta.url);

type Reply = { value: unknown } | { error: string };

/** What libhdf5 said, or that its thread ended. */
class Hdf5Failure extends Error {}

/**
 * A thread with libhdf5 in it, which holds one file at a time. Requests are sent one after another.
 *
 * Owner: the caller of {@link Hdf5Thread.take}, who gives it back with `release` after a file that made no trouble,
 * and ends it with `end` otherwise: a library that failed once may be in a state that harms the next file.
 */
export class Hdf5Thread {
  static #idle: Hdf5Thread | undefined;

  readonly #worker: Worker;
  #stallMs: number | undefined;
  #settle: ((reply: Reply) => void) | undefined;
  /** Why the thread is no more: no request gets another answer. */
  #failure: { error: string } | undefined;

  private constructor() {
    // Why stderr and stdout: the thread's own chatter about damaged files is not for the user's terminal.
    this.#worker = new Worker(SOURCE, { name: 'hdf5', execArgv: [], stdout: true, stderr: true });
    this.#worker.on('message', (reply: Reply) => this.#settle?.(reply));
    this.#worker.on('error', (error) => this.#ended(error.message));
    this.#worker.on('exit', () => this.#ended('the HDF5 library ended itself'));
  }

  #ended(error: string): void {
    if (Hdf5Thread.#idle === this) Hdf5Thread.#idle = undefined;
    this.#failure ??= { error };
    this.#settle?.(this.#failure);
  }

  /** An idle thread, or a new one. With `stallMs`, a request without an answer for so long fails. */
  static take(stallMs?: number): Hdf5Thread {
    const thread = Hdf5Thread.#idle ?? new Hdf5Thread();
    Hdf5Thread.#idle = undefined;
    thread.#worker.ref();
    thread.#stallMs = stallMs;
    return thread;
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
    const stallMs = this.#stallMs;
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      this.#settle = resolve;
      if (stallMs)
        timer = setTimeout(resolve, stallMs, { error: `the library has no answer after ${stallMs / 1000} s` });
      if (this.#failure) resolve(this.#failure);
      else this.#worker.postMessage({ op, args }, transfer);
    });
    clearTimeout(timer);
    this.#settle = undefined;
    if ('error' in reply) throw new Hdf5Failure(reply.error);
    return reply.value as T;
  }
}
