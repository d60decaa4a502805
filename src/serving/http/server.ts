import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Repository } from '../repository/repository.js';
import { statusOf } from '../status.js';
import { DEPLOY_PATH, deployRest } from './deploy-rest.js';
import { openApi } from './open-api.js';
import { swaggerUi } from './swagger-ui.js';
import { errorAnswer, type RestAnswer, tensorflowRest } from './tensorflow-rest.js';

export interface ServerLimits {
  /** Largest body of a request, in bytes. Default 64 MiB. */
  bodyLimit?: number;
  /** Milliseconds within which a request must have come in. Default 30 000. */
  requestTimeout?: number;
}

const MEBIBYTE = 2 ** 20;

/** The HTTP server in front of a repository. It listens when told to. */
export function httpServer(
  repository: Repository,
  { bodyLimit = 64 * MEBIBYTE, requestTimeout = 30_000 }: ServerLimits = {},
): FastifyInstance {
  const app = Fastify({
    bodyLimit,
    requestTimeout,
    // Why: a server that closes answers who got through to it.
    return503OnClosing: false,
    frameworkErrors: (error, _, reply) => send(reply, failure(error)),
  });
  app.removeAllContentTypeParsers();
  // Why: TensorFlow Serving takes any type, and curl says a form where it is told nothing.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
  app.setErrorHandler((error: FastifyError, _, reply) => send(reply, failure(error)));
  app.setNotFoundHandler((_, reply) => send(reply, errorAnswer(404, 'Not Found')));
  closeConnectionsWhenClosing(app);
  app.all('/*', async (request, reply) => send(reply, await answer(repository, request)));
  return app;
}

/** Why: a kept-alive connection whose request ran when the server began to close would hold it open. */
function closeConnectionsWhenClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onSend', async (_, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

async function answer(repository: Repository, request: FastifyRequest): Promise<Answer> {
  const { method } = request;
  const path = request.url.replace(/\?.*$/s, '');
  const rest = { method, path, body: typeof request.body === 'string' ? request.body : '' };
  if (/^\/v1\//i.test(path)) return tensorflowRest(repository, rest);
  if (method === 'POST' && DEPLOY_PATH.test(path)) return deployRest(repository, rest);
  if (method !== 'GET' && method !== 'HEAD') return errorAnswer(404, 'Not Found');
  if (path === '/models') return json({ models: listOf(repository) });
  if (path === '/openapi.json' || path === '/swagger.json') return json(openApi(repository));
  const page = await swaggerUi(path);
  return page ? { http: 200, ...page } : errorAnswer(404, 'Not Found');
}

type Answer = Omit<RestAnswer, 'body'> & { readonly body: string | Buffer };

function listOf({ models }: Repository): object[] {
  return [...models.values()].map((model) => ({
    name: model.name,
    versions: model.versions.map(String),
    labels: model.labels,
    signatures: [...model.get().signatures.keys()],
  }));
}

function json(value: unknown): Answer {
  return { http: 200, type: 'application/json', body: JSON.stringify(value) };
}

/** What goes wrong before a request reaches its interface. */
function failure(error: FastifyError): Answer {
  if (error.statusCode !== undefined && error.statusCode < 500) return errorAnswer(error.statusCode, error.message);
  const { http, message } = statusOf(error);
  return errorAnswer(http, message);
}

function send(reply: FastifyReply, { http, type, body }: Answer): FastifyReply {
  // Why: fastify adds a charset to the type of a string, which TensorFlow Serving does not.
  return reply
    .code(http)
    .header('content-type', type)
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(body));
}
