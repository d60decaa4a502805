import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf, TensorFlowError } from '../errors/errors.js';
import { Batcher } from './batching/batcher.js';
import type { BatchingParameters } from './batching/parameters.js';
import type { GrpcServer } from './grpc/server.js';
import { httpServer, type ServerLimits } from './http/server.js';
import { type Gather, type Operations, type OperationsOptions, operationsOf } from './operations/operations.js';
import { isModelConfig, readModelConfig } from './repository/model-config.js';
import { Repository, type RepositoryOptions } from './repository/repository.js';
import { watch } from './repository/watch.js';

/** What a server in one process goes by. */
export interface ServerOptions extends RepositoryOptions, ServerLimits, OperationsOptions {
  /** Default 8089; 0 takes a free one. */
  port?: number;
  /** Address to listen at. Default `'127.0.0.1'`: this machine only; `'0.0.0.0'` is every network. */
  host?: string;
  /** Port for gRPC, at the same address, with the same certificate and tokens; TensorFlow Serving's is 8500. Default: no gRPC. */
  grpcPort?: number;
  /** How requests meet in one run; `false`: each is a run of its own. Default: they meet while the threads are busy. */
  batching?: BatchingParameters | false;
  /** Seconds between looks at the disk for versions that are new or changed; 0 never looks. Default 1. */
  pollSeconds?: number;
  /** Seconds for which a server that closes says it is not ready, and goes on, until balancers have noticed. Default 0. */
  drainSeconds?: number;
}

/** Where a server is. */
export interface ServerAddresses {
  /** E.g. `http://127.0.0.1:8089`. */
  readonly url: string;
  /** Of gRPC, e.g. `127.0.0.1:8500`. */
  readonly grpcAddress?: string | undefined;
}

/** A server that runs. */
export interface ModelServer extends ServerAddresses {
  /** Takes no more requests, answers those it has, and frees the models. */
  close(): Promise<void>;
}

/** How long a connection may hold a server open that closes. */
const CLOSE_MS = 30_000;

/** Serves from this process. */
export async function serveHere(path: string, options: ServerOptions, gather?: Gather): Promise<ModelServer> {
  const { port = 8089, host = '127.0.0.1', pollSeconds = 1, drainSeconds = 0 } = options;
  const operations = operationsOf(options, gather);
  const repository = new Repository(new Batcher(options.batching, operations.observer));
  const app = httpServer(repository, options, operations);
  let unwatch = async (): Promise<void> => {};
  let grpc: GrpcServer | undefined;
  const stop = async (): Promise<void> => {
    const late = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
    try {
      await unwatch();
      await Promise.all([app.close(), grpc?.close(CLOSE_MS)]);
    } finally {
      clearTimeout(late);
      repository.dispose();
    }
  };
  try {
    await loadModels(repository, path, options);
    const address = await app.listen({ port, host }).catch((error) => cannotListen(host, port, error));
    const url = options.tls ? address.replace(/^http:/, 'https:') : address;
    grpc = await openGrpc(repository, operations, options);
    if (pollSeconds > 0) unwatch = watch(repository, pollSeconds);
    operations.readiness.start();
    let closed: Promise<void> | undefined;
    const close = async (): Promise<void> => {
      operations.readiness.drain();
      await sleep(drainSeconds * 1000);
      await stop();
    };
    return { url, grpcAddress: grpc?.address, close: () => (closed ??= close()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One model, or those of a configuration file, which says of each what its name, versions and labels are. */
async function loadModels(repository: Repository, path: string, options: ServerOptions): Promise<void> {
  if (!isModelConfig(path)) {
    await repository.load(path, options);
    return;
  }
  const { train = false, unloadBeforeLoad = false, maxNumLoadRetries = 5 } = options;
  const models = await readModelConfig(path);
  await repository.reconfigure(models.map((one) => ({ ...one, train, unloadBeforeLoad, maxNumLoadRetries })));
}

/** Why imported late: who has no use for gRPC does not load it. */
async function openGrpc(
  repository: Repository,
  operations: Operations,
  { grpcPort: port, host = '127.0.0.1', bodyLimit: messageLimit, requestTimeout }: ServerOptions,
): Promise<GrpcServer | undefined> {
  if (port === undefined) return undefined;
  const { grpcServer } = await import('./grpc/server.js');
  return grpcServer(repository, operations, { port, host, messageLimit, requestTimeout });
}

function cannotListen(host: string, port: number, cause: unknown): never {
  const reason = codeOf(cause) === 'EADDRINUSE' ? 'another program listens there' : messageOf(cause);
  throw new TensorFlowError('ERR_ARGUMENT', `serve: ${host}:${port} cannot be used: ${reason}; give another port.`, {
    cause,
  });
}
