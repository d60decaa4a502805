import { randomUUID } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { messageOf } from '../../errors/errors.js';
import {
  type Batch,
  currentRequest,
  type Observer,
  type QueueWatch,
  type RequestInfo,
  type RequestWatch,
  type Target,
  withinRequest,
} from '../observer.js';
import type { Metrics } from './metrics.js';
import type { TracedRequest, Tracing } from './tracing.js';

/** Where a server tells of its requests; what is left out is not told. */
export interface Listeners {
  readonly logger: Logger;
  readonly metrics?: Metrics | undefined;
  readonly tracing?: Tracing | undefined;
}

/** Tells metrics, traces and logs of the requests of one server. */
export class ServerObserver implements Observer {
  readonly #listeners: Listeners;

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
  }

  request(info: RequestInfo): WatchedRequest {
    return new WatchedRequest(info, this.#listeners);
  }

  queue(target: Target): WatchedInputs {
    const request = currentRequest();
    if (request) request.target = target;
    return new WatchedInputs(target, request instanceof WatchedRequest ? request.traced : undefined, this.#listeners);
  }

  run(target: Target, batch: Batch, members: readonly QueueWatch[]): () => void {
    const { metrics } = this.#listeners;
    const spans = members.flatMap((member) => (member instanceof WatchedInputs ? (member.run(batch) ?? []) : []));
    metrics?.batch(target, batch);
    const start = performance.now();
    return () => {
      metrics?.run(target, performance.now() - start);
      for (const span of spans) span.end();
    };
  }
}

/** What a client may call its request. */
const ID = /^[\w.:=+/-]{1,128}$/;

class WatchedRequest implements RequestWatch {
  readonly id: string;
  readonly traced: TracedRequest | undefined;
  target: Target | undefined;
  readonly #info: RequestInfo;
  readonly #listeners: Listeners;
  readonly #start = performance.now();
  #ended = false;

  constructor(info: RequestInfo, listeners: Listeners) {
    const given = info.header('x-request-id') ?? '';
    this.id = ID.test(given) ? given : randomUUID();
    this.#info = info;
    this.#listeners = listeners;
    this.traced = listeners.tracing?.request(info, this.id);
  }

  within<T>(work: () => T): T {
    const { traced } = this;
    const { tracing } = this.#listeners;
    return withinRequest(this, traced && tracing ? () => tracing.within(traced, work) : work);
  }

  failed(error: unknown): void {
    const { logger } = this.#listeners;
    if (logger.isLevelEnabled('error')) logger.error({ requestId: this.id, err: error }, 'a request failed');
    else process.emitWarning(`A request failed: ${messageOf(error)}`);
  }

  end(code: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const { logger, metrics, tracing } = this.#listeners;
    const time = performance.now() - this.#start;
    metrics?.request(this.#info, this.target, code, time);
    if (this.traced) tracing?.end(this.traced, this.target, code);
    const { api, method } = this.#info;
    logger.info(
      { requestId: this.id, api, method, ...this.target, code, ms: Math.round(time * 1000) / 1000 },
      'request',
    );
  }
}

class WatchedInputs implements QueueWatch {
  readonly #target: Target;
  readonly #traced: TracedRequest | undefined;
  readonly #listeners: Listeners;
  readonly #span: Span | undefined;
  readonly #start = performance.now();
  #left = false;

  constructor(target: Target, traced: TracedRequest | undefined, listeners: Listeners) {
    this.#target = target;
    this.#traced = traced;
    this.#listeners = listeners;
    this.#span = traced && listeners.tracing?.queue(traced, target);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#listeners.metrics?.queue(this.#target, performance.now() - this.#start);
    this.#span?.end();
  }

  /** The waiting is over; the span of a run, of which inputs that are split have several. */
  run(batch: Batch): Span | undefined {
    this.leave();
    return this.#traced && this.#listeners.tracing?.run(this.#traced, this.#target, batch);
  }
}
