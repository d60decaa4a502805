import { AsyncLocalStorage } from 'node:async_hooks';

/** A signature of a version of a model. */
export interface Target {
  readonly model: string;
  readonly version: number;
  readonly signature: string;
}

/** A request, as its door (HTTP, gRPC) sees it. */
export interface RequestInfo {
  readonly api: 'REST' | 'gRPC';
  /** What is asked for, without names that a client chooses: `POST /v1`, `Predict`. */
  readonly method: string;
  /** One header or metadata entry, by its name in small letters. */
  header(name: string): string | undefined;
}

/** A request on its way, from its door to its answer. */
export interface RequestWatch {
  /** What the client calls it (`x-request-id`), else a random name. */
  readonly id: string;
  /** What the request asks, once it is known. */
  target: Target | undefined;
  /** Runs what belongs to the request: {@link currentRequest} finds the request within it. */
  within<T>(work: () => T): T;
  /** A failure of ours whose reason no client is told. */
  failed(error: unknown): void;
  /** The answer is out; `code` is TensorFlow's name of the outcome (`OK`, `INVALID_ARGUMENT` …). Only the first call counts. */
  end(code: string): void;
}

/** Inputs that wait for their run. */
export interface QueueWatch {
  /** They leave without a run: refused, too late, or nobody waits for them any more. */
  leave(): void;
}

/** What runs at once. */
export interface Batch {
  /** Rows that were asked for. */
  readonly rows: number;
  /** Rows added to reach an allowed size. */
  readonly padding: number;
}

/**
 * Hears what happens to requests, for metrics, traces and logs. A door calls `request`; whoever runs a signature calls
 * `queue` in the request's asynchronous context as its inputs come, then `run` once for all that runs together.
 *
 * @example
 * const watch = observer.queue(target);
 * const done = observer.run(target, { rows: 3, padding: 1 }, [watch]);
 * try { return await run(); } finally { done(); }
 */
export interface Observer {
  request(info: RequestInfo): RequestWatch;
  queue(target: Target): QueueWatch;
  /** Ends the waiting of the members; call what it gives when the run has ended. Warm-up runs have no members. */
  run(target: Target, batch: Batch, members: readonly QueueWatch[]): () => void;
}

const requests = new AsyncLocalStorage<RequestWatch>();

/** The request whose work this is. */
export function currentRequest(): RequestWatch | undefined {
  return requests.getStore();
}

/** For `RequestWatch.within`. */
export function withinRequest<T>(request: RequestWatch, work: () => T): T {
  return requests.run(request, work);
}
