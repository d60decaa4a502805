import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { browse as openBrowser } from './browse.js';
import { httpServer, type ServerLimits } from './http/server.js';
import { Repository, type RepositoryOptions } from './repository/repository.js';
import { watch } from './repository/watch.js';

export interface ServeOptions extends RepositoryOptions, ServerLimits {
  /** Default 8089; 0 takes a free one. */
  port?: number;
  /** Address to listen at. Default `'127.0.0.1'`: this machine only; `'0.0.0.0'` is every network. */
  host?: string;
  /** Opens the page in the browser. Default false. */
  browse?: boolean;
  /** Seconds between looks at the disk for versions that are new or changed; 0 never looks. Default 1. */
  pollSeconds?: number;
}

/** A server that runs. */
export interface ModelServer {
  /** Where it is, e.g. `http://127.0.0.1:8089`. */
  readonly url: string;
  /** Takes no more requests, answers those it has, and frees the models. */
  close(): Promise<void>;
}

/** How long a connection may hold a server open that closes. */
const DRAIN_MS = 30_000;
const OPTIONS = [
  'port',
  'host',
  'browse',
  'pollSeconds',
  'name',
  'versions',
  'labels',
  'train',
  'bodyLimit',
  'requestTimeout',
];

/**
 * Serves a SavedModel's folder, a model file (`.h5`, `.keras`) or a base folder with numeric versions over HTTP: by
 * TensorFlow Serving's REST interface (`/v1/models/<name>:predict`), by R tfdeploy's (`/<signature>/predict`), and with a
 * page at `/` to try both. What changes on the disk is loaded anew, without a failed request. Signatures that change the model (training steps) are served with `train` only.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT; ERR_ARGUMENT for a port that is taken
 * @example
 * const server = await serve('savedmodel', { port: 8089 });
 * await server.close();
 */
export async function serve(path: string, options: ServeOptions = {}): Promise<ModelServer> {
  checkOptions('serve', options, OPTIONS);
  const {
    port = 8089,
    host = '127.0.0.1',
    browse = false,
    pollSeconds = 1,
    bodyLimit,
    requestTimeout,
    ...model
  } = options;
  const repository = new Repository();
  const limits = { ...(bodyLimit && { bodyLimit }), ...(requestTimeout && { requestTimeout }) };
  const app = httpServer(repository, limits);
  let unwatch = async (): Promise<void> => {};
  const close = async (): Promise<void> => {
    await unwatch();
    const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(late);
    repository.dispose();
  };
  try {
    await repository.load(path, model);
    const url = await app.listen({ port, host }).catch((error) => cannotListen(host, port, error));
    if (pollSeconds > 0) unwatch = watch(repository, pollSeconds);
    if (browse) openBrowser(url);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function cannotListen(host: string, port: number, cause: unknown): never {
  const reason = codeOf(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  throw new TensorFlowError('ERR_ARGUMENT', `serve: ${host}:${port} cannot be used: ${reason}; give another port.`, {
    cause,
  });
}
