import { Server, ServerCredentials } from '@grpc/grpc-js';
import { messageOf, TensorFlowError } from '../../errors/errors.js';
import type { Operations } from '../operations/operations.js';
import type { TlsFiles } from '../operations/tls.js';
import type { Repository } from '../repository/repository.js';
import { guard } from './guard.js';
import { health } from './health.js';
import { inferenceService } from './inference-service.js';
import { modelService } from './model-service.js';
import { predictionService } from './prediction-service.js';
import { reflection } from './reflection.js';
import { addService } from './service.js';

export interface GrpcOptions {
  readonly port: number;
  readonly host: string;
  /** Largest message of a request, and largest tensor of it, in bytes. Default 64 MiB. */
  readonly messageLimit?: number | undefined;
  /** Milliseconds within which a request must have come in; 0: for ever. Default 30 000. */
  readonly requestTimeout?: number | undefined;
}

/** A gRPC server that runs. */
export interface GrpcServer {
  /** Host and port. */
  readonly address: string;
  /** Takes no more calls, and answers those it has; those that take longer than this are cut off. */
  close(afterMs: number): Promise<void>;
}

const MESSAGE_LIMIT = 64 * 2 ** 20;
const REQUEST_TIMEOUT_MS = 30_000;
/** How many bytes of memory a message may take for each byte it may have. */
const MEMORY_FACTOR = 4;

/**
 * The gRPC server in front of a repository: TensorFlow Serving's PredictionService and ModelService, KServe's
 * GRPCInferenceService, health and reflection.
 *
 * @throws ERR_ARGUMENT for a port that is taken
 */
export async function grpcServer(
  repository: Repository,
  operations: Operations,
  { port, host, messageLimit = MESSAGE_LIMIT, requestTimeout = REQUEST_TIMEOUT_MS }: GrpcOptions,
): Promise<GrpcServer> {
  const closing = new AbortController();
  const server = new Server({
    'grpc.max_receive_message_length': messageLimit,
    interceptors: [guard(operations, requestTimeout)],
  });
  const models = [
    predictionService(repository, messageLimit),
    modelService(repository, isTrusted(operations, host)),
    inferenceService(repository, operations.readiness, messageLimit),
  ];
  const names = models.map(({ service }) => service.typeName);
  const own = [...models, health(operations.readiness, names, closing.signal)];
  const implementations = [...own, ...reflection(own.map(({ service }) => service))];
  const options = { observer: operations.observer, weightLimit: MEMORY_FACTOR * messageLimit };
  for (const implementation of implementations) addService(server, implementation, options);
  return {
    address: await listen(server, host, port, credentialsOf(operations.tls)),
    close: (afterMs) => {
      closing.abort();
      return closed(server, afterMs);
    },
  };
}

/** Whether only those ask who were let in by token or certificate, or who are on this machine. */
function isTrusted({ authorized, tls }: Operations, host: string): boolean {
  const needsToken = !authorized(() => undefined);
  return needsToken || tls?.clientCa !== undefined || /^(127\.|::1$|localhost$)/.test(host);
}

function credentialsOf(tls: TlsFiles | undefined): ServerCredentials {
  if (!tls) return ServerCredentials.createInsecure();
  const { cert, key, clientCa } = tls;
  return ServerCredentials.createSsl(
    clientCa ?? null,
    [{ cert_chain: cert, private_key: key }],
    clientCa !== undefined,
  );
}

function listen(server: Server, host: string, port: number, credentials: ServerCredentials): Promise<string> {
  const address = (bound: number): string => (host.includes(':') ? `[${host}]:${bound}` : `${host}:${bound}`);
  return new Promise((resolve, reject) => {
    server.bindAsync(address(port), credentials, (error, bound) => {
      if (!error) return resolve(address(bound));
      const reason = /EADDRINUSE/.test(messageOf(error)) ? 'another program listens there' : messageOf(error);
      const where = `serve: gRPC: ${address(port)}`;
      reject(new TensorFlowError('ERR_ARGUMENT', `${where} cannot be used: ${reason}; give another port.`));
    });
  });
}

function closed(server: Server, afterMs: number): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.forceShutdown(), afterMs);
    server.tryShutdown(() => {
      clearTimeout(late);
      resolve();
    });
  });
}
