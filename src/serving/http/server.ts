import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Operations, operationsOf } from '../operations/operations.js';
import type { Repository } from '../repository/repository.js';
import { statusOf } from '../status.js';
import { DEPLOY_PATH, deployError, deployRest } from './deploy-rest.js';
import { kserveRest } from './kserve-rest.js';
import { nodeServer, refuseConnection } from './node-server.js';
import { type OpenApiOptions, openApi } from './open-api/open-api.js';
import { headersOf, operate, operationsAnswer, pathOf, withinRequest } from './operate.js';
import { pageAt } from './pages.js';
import { DEFAULT_DEADLINE_MS, requestSignal } from './request-signal.js';
import { errorAnswer, type RestAnswer, type RestRequest, tensorflowRest } from './tensorflow-rest.js';

export interface ServerLimits {
  /** Largest body of a request, in bytes. Default 64 MiB. */
  bodyLimit?: number;
  /** Milliseconds within which a request must have come in. Default 30 000. */
  requestTimeout?: number;
  /** Milliseconds within which it is answered, else with DEADLINE_EXCEEDED; 0: without end. Default 30 000. */
  deadline?: number;
}

const MEBIBYTE = 2 ** 20;
/** When to come again to a server that has too much to do. */
const RETRY_SECONDS = 1;

/** The HTTP server in front of a repository. It listens when told to. */
export function httpServer(
  repository: Repository,
  { bodyLimit = 64 * MEBIBYTE, requestTimeout = 30_000, deadline = DEFAULT_DEADLINE_MS }: ServerLimits = {},
  operations: Operations = operationsOf(),
): FastifyInstance {
  const app = Fastify({
    bodyLimit,
    trustProxy: operations.trustProxy,
    serverFactory: (handler) => nodeServer(handler, requestTimeout, operations.tls),
    clientErrorHandler: refuseConnection,
    // Why: a server that closes answers who got through to it.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => send(reply, failure(error, request)),
  });
  app.removeAllContentTypeParsers();
  // Why: TensorFlow Serving takes any type, and curl says a form where it is told nothing.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, request, reply) => send(reply, failure(error, request)));
  app.setNotFoundHandler((request, reply) => send(reply, refusal(request, 404, 'Not Found')));
  operate(app, operations, (request, reply, http, message) => send(reply, refusal(request, http, message)));
  // Why a plugin: it is loaded after those that operate the routes. Why not OPTIONS: CORS has that one.
  app.register(async (routes) => {
    const method = routes.supportedMethods.filter((name) => name !== 'OPTIONS' || !operations.cors);
    routes.route({
      method,
      url: '/*',
      handler: async (request, reply) => {
        const rest = restRequest(request, requestSignal(reply, deadline));
        return send(reply, await withinRequest(request, () => answer(repository, operations, rest)));
      },
    });
  });
  return app;
}

function restRequest(request: FastifyRequest, signal: AbortSignal): RestRequest {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const parameter = (name: string): string | undefined => queryOf(request).get(name) ?? undefined;
  return { method: request.method, path: pathOf(request), body, header: headersOf(request), parameter, signal };
}

async function answer(repository: Repository, operations: Operations, request: RestRequest): Promise<Answer> {
  const { method, path } = request;
  if (/^\/v1\//i.test(path)) return tensorflowRest(repository, request);
  if (/^\/v2(\/|$)/.test(path)) return kserveRest(repository, operations.readiness, request);
  if (method === 'POST' && DEPLOY_PATH.test(path)) return deployRest(repository, request);
  if (method !== 'GET' && method !== 'HEAD') return errorAnswer(404, 'Not Found');
  const own = operationsAnswer(path, operations);
  if (own) return own;
  if (path === '/models') return json({ models: listOf(repository) });
  if (path === '/openapi.json' || path === '/swagger.json')
    return json(openApi(repository, openApiOptions(operations)));
  const page = pageAt(path);
  return page ? { http: 200, ...page, body: await page.body() } : errorAnswer(404, 'Not Found');
}

function queryOf({ url }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
}

function openApiOptions({ metricsText, authorized }: Operations): OpenApiOptions {
  return { metrics: metricsText !== undefined, tokens: !authorized(() => undefined) };
}

type Answer = Omit<RestAnswer, 'body'> & {
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
};

function listOf({ models }: Repository): object[] {
  return [...models.values()].map((model) => ({
    name: model.name,
    versions: model.versions.map(String),
    labels: model.labels,
    signatures: model.versions.length > 0 ? [...model.get().signatures.keys()] : [],
  }));
}

function json(value: unknown): Answer {
  return { http: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** What goes wrong before a request reaches its interface. */
function failure(error: FastifyError, request: FastifyRequest): Answer {
  if (error.statusCode !== undefined && error.statusCode < 500)
    return refusal(request, error.statusCode, error.message);
  const { http, message } = statusOf(error);
  return refusal(request, http, message);
}

/** An error in the form of the interface that was asked. */
function refusal(request: FastifyRequest, http: number, message: string): Answer {
  return DEPLOY_PATH.test(pathOf(request)) ? deployError(http, message) : errorAnswer(http, message);
}

function send(reply: FastifyReply, { http, type, body, headers = {} }: Answer): FastifyReply {
  // Why: fastify adds a charset to the type of a string, which TensorFlow Serving does not.
  if (http === 429 || http === 503) reply.header('retry-after', RETRY_SECONDS);
  return reply
    .code(http)
    .headers(headers)
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(body));
}
