import type { Registry } from 'prom-client';
import type { Observer } from '../observer.js';
import { type AuthenticationOptions, type Authorized, authentication } from './authentication.js';
import { type LoggingOptions, serverLogger } from './logging.js';
import { Metrics } from './metrics.js';
import { Readiness } from './readiness.js';
import { ServerObserver } from './server-observer.js';
import { readTls, type TlsFiles, type TlsOptions } from './tls.js';
import { Tracing, type TracingOptions } from './tracing.js';

export interface OperationsOptions extends AuthenticationOptions, LoggingOptions, TracingOptions {
  /** Whether `/metrics` tells Prometheus of requests, runs and memory. Default true. */
  metrics?: boolean;
  /** Whether metrics are told without a token. Default false. */
  openMetrics?: boolean;
  /** Certificate and key: HTTPS, and TLS for gRPC. Default: neither. */
  tls?: TlsOptions;
  /** Web pages that may ask: all (`true`), or those of these origins. Default false: none but the server's own. */
  cors?: boolean | readonly string[];
  /** Requests a second from one address over HTTP; more are refused with 429. Default: no limit. */
  rateLimit?: number;
  /** Whether a proxy in front says whose requests these are (`X-Forwarded-For`). Default false. */
  trustProxy?: boolean;
}

/** How metrics of several processes become one text. */
export interface Gather {
  /** Told what is measured in this one. */
  tellRegistries(registries: readonly Registry[]): void;
  text(): Promise<string>;
}

/** What a server's doors share. */
export interface Operations {
  readonly observer: Observer;
  readonly authorized: Authorized;
  readonly readiness: Readiness;
  /** Metrics in Prometheus' text format. */
  readonly metricsText?: (() => Promise<string>) | undefined;
  readonly tls?: TlsFiles | undefined;
  readonly openMetrics: boolean;
  readonly cors: boolean | readonly string[];
  readonly rateLimit?: number | undefined;
  readonly trustProxy: boolean;
}

/** @throws ERR_NOT_READABLE, ERR_FILE_FORMAT, ERR_ARGUMENT for files that options name */
export function operationsOf(options: OperationsOptions = {}, gather?: Gather): Operations {
  const { metrics: measured = true, tracing = false, tls } = options;
  const { openMetrics = false, cors = false, trustProxy = false, rateLimit } = options;
  const metrics = measured ? new Metrics() : undefined;
  if (metrics) gather?.tellRegistries(metrics.registries);
  const observer = new ServerObserver({
    logger: serverLogger(options),
    metrics,
    tracing: tracing === false ? undefined : new Tracing(tracing === true ? undefined : tracing),
  });
  return {
    observer,
    metricsText: metrics && (gather ? () => gather.text() : () => metrics.text()),
    authorized: authentication(options),
    tls: tls && readTls(tls),
    readiness: new Readiness(),
    openMetrics,
    cors,
    rateLimit,
    trustProxy,
  };
}
