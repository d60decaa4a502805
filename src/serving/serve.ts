import { TensorFlowError } from '../errors/errors.js';
import { checkOptions } from '../errors/suggest.js';
import { browse } from './browse.js';
import { serveByWorkers } from './operations/workers.js';
import { type ModelServer, type ServerOptions, serveHere } from './serve-here.js';

export interface ServeOptions extends ServerOptions {
  /** Opens the page in the browser. Default false. */
  browse?: boolean;
  /**
   * Processes that share the port and divide the cores, each with the models in its own memory; one that dies is replaced.
   * Default 1: this process.
   */
  workers?: number;
}

const OPTIONS: Readonly<Record<keyof ServeOptions, true>> = {
  port: true,
  host: true,
  grpcPort: true,
  browse: true,
  workers: true,
  pollSeconds: true,
  drainSeconds: true,
  name: true,
  versions: true,
  labels: true,
  unloadBeforeLoad: true,
  maxNumLoadRetries: true,
  train: true,
  batching: true,
  bodyLimit: true,
  requestTimeout: true,
  deadline: true,
  rateLimit: true,
  trustProxy: true,
  cors: true,
  tokens: true,
  apiKeys: true,
  tokenFile: true,
  tls: true,
  metrics: true,
  openMetrics: true,
  tracing: true,
  logLevel: true,
};

/**
 * Serves a SavedModel's folder, a model file (`.h5`, `.keras`) or a base folder with numeric versions over HTTP: by
 * TensorFlow Serving's REST interface (`/v1/models/<name>:predict`), by R tfdeploy's (`/<signature>/predict`), and with a
 * page at `/` to try both. What changes on the disk is loaded anew, without a failed request. Signatures that change the
 * model (training steps) are served with `train` only. docs/serving.md is the manual.
 *
 * @throws ERR_NOT_READABLE, ERR_FILE_FORMAT; ERR_ARGUMENT for a port that is taken
 * @example
 * const server = await serve('savedmodel', { port: 8089 });
 * await server.close();
 */
export async function serve(path: string, options: ServeOptions = {}): Promise<ModelServer> {
  checkOptions('serve', options, Object.keys(OPTIONS));
  const { browse: shown = false, workers = 1, ...server } = options;
  checkWorkers(workers, server);
  const running = await (workers > 1 ? serveByWorkers(path, server, workers) : serveHere(path, server));
  if (shown) browse(running.url);
  return running;
}

function checkWorkers(workers: number, { train = false, tracing = false }: ServerOptions): void {
  const refuse = (reason: string): never => {
    throw new TensorFlowError('ERR_ARGUMENT', `serve: workers: ${reason}`);
  };
  if (!Number.isInteger(workers) || workers < 1) refuse(`expected a whole number from 1 on, got ${workers}.`);
  if (workers === 1) return;
  if (train) refuse('each would train a model of its own; train with one worker.');
  if (typeof tracing === 'object')
    refuse('a tracer provider lives in one process; load your SDK with --import, and say true.');
}
