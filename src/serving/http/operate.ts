import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWatch } from '../observer.js';
import type { Operations } from '../operations/operations.js';
import { codeOfHttp } from '../status.js';
import { pageAt } from './pages.js';
import type { RestAnswer } from './tensorflow-rest.js';

/** Says something in the form of the interface that the path belongs to. */
type Refuse = (request: FastifyRequest, reply: FastifyReply, http: number, message: string) => FastifyReply;

const watches = new WeakMap<FastifyRequest, RequestWatch>();

/** Runs what belongs to a request. */
export function withinRequest<T>(request: FastifyRequest, work: () => T): T {
  const watch = watches.get(request);
  return watch ? watch.within(work) : work();
}

/** Where no token is asked for. */
const PROBES = /^\/(healthz|readyz|v2\/health\/(live|ready))$/;
const METRICS = ['/metrics', '/monitoring/prometheus/metrics'];

/** Watches every request, and lets in who may. Routes come after this. */
export function operate(app: FastifyInstance, operations: Operations, refuse: Refuse): void {
  const { readiness, authorized, openMetrics } = operations;
  watchRequests(app, operations);
  if (operations.cors) allowOrigins(app, operations.cors, refuse);
  if (operations.rateLimit !== undefined) limitRate(app, operations.rateLimit);
  // Why before the body: a stranger's is not read.
  app.addHook('preParsing', async (request, reply) => {
    const path = pathOf(request);
    const isOpen = PROBES.test(path) || pageAt(path) !== undefined || (openMetrics && METRICS.includes(path));
    if (isOpen || authorized(headersOf(request))) return;
    reply.header('www-authenticate', 'Bearer').header('connection', 'close');
    return refuse(request, reply, 401, 'A token is needed: Authorization: Bearer <token>, or X-API-Key: <key>.');
  });
  app.addHook('onSend', async (_, reply) => {
    if (readiness.isDraining) reply.header('connection', 'close');
  });
}

function watchRequests(app: FastifyInstance, { observer }: Operations): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    if (PROBES.test(path) || METRICS.includes(path)) return;
    const watch = observer.request({ api: 'REST', method: methodOf(path), header: headersOf(request) });
    watches.set(request, watch);
    reply.header('x-request-id', watch.id);
  });
  app.addHook('onResponse', async (request, reply) => watches.get(request)?.end(codeOfHttp(reply.statusCode)));
  app.addHook('onRequestAbort', async (request) => watches.get(request)?.end('CANCELLED'));
}

const API_METHODS: readonly (readonly [RegExp, string])[] = [
  [/:predict$|\/predict\/?$/i, 'Predict'],
  [/:classify$/i, 'Classify'],
  [/:regress$/i, 'Regress'],
  [/\/infer$/i, 'ModelInfer'],
  [/\/metadata$/i, 'GetModelMetadata'],
  [/^\/v1\//i, 'GetModelStatus'],
];

function methodOf(path: string): string {
  return API_METHODS.find(([pattern]) => pattern.test(path))?.[1] ?? 'Page';
}

/** What needs no model: probes and metrics. */
export function operationsAnswer(path: string, operations: Operations): Promise<RestAnswer> | RestAnswer | undefined {
  const { readiness, metricsText } = operations;
  if (path === '/healthz') return text(200, 'ok');
  if (path === '/readyz') return readiness.isReady ? text(200, 'ready') : text(503, 'not ready');
  if (metricsText && METRICS.includes(path)) {
    return metricsText().then((body) => ({ http: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body }));
  }
  return undefined;
}

function text(http: number, body: string): RestAnswer {
  return { http, type: 'text/plain', body };
}

/** As TensorFlow Serving's `--rest_api_enable_cors_support`, with the headers that carry a token and a request's id. */
function allowOrigins(app: FastifyInstance, origins: true | readonly string[], refuse: Refuse): void {
  app.addHook('onRequest', async (request, reply) => {
    const isPreflight = request.headers.origin && request.headers['access-control-request-method'];
    if (request.method !== 'OPTIONS' || isPreflight) return;
    return refuse(request, reply, 400, 'OPTIONS needs an Origin.');
  });
  app.register(cors, {
    origin: origins === true ? '*' : [...origins],
    methods: ['POST', 'GET'],
    allowedHeaders: ['Content-Type', 'Authorization', 'X-API-Key', 'X-Request-Id'],
    exposedHeaders: ['X-Request-Id', 'Retry-After'],
    optionsSuccessStatus: 200,
  });
}

function limitRate(app: FastifyInstance, max: number): void {
  app.register(rateLimit, {
    max,
    timeWindow: 1000,
    allowList: (request) => PROBES.test(pathOf(request)),
    errorResponseBuilder: () => {
      const error: Partial<FastifyError> = new Error(`More than ${max} requests a second.`);
      return Object.assign(error, { statusCode: 429 });
    },
  });
}

/** As it came, percent-encoded, without the query. */
export function pathOf({ url }: FastifyRequest): string {
  return url.replace(/[?#].*$/s, '');
}

/** One header of a request, by its name in small letters. */
export function headersOf({ headers }: FastifyRequest): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
}
