import { once } from 'node:events';
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import {
  type Metadata,
  type Server,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedHandleCall,
} from '@grpc/grpc-js';
import { TensorFlowError } from '../../errors/errors.js';
import type { Observer } from '../observer.js';
import { statusOf } from '../status.js';
import { readMessage } from './read-message.js';

/** What a handler knows of its call. */
export interface Call {
  /** Aborted when the client is gone or its deadline has passed, with that as the reason. */
  readonly signal: AbortSignal;
}

type Kinds<I extends DescMessage, O extends DescMessage> = {
  unary: (request: MessageShape<I>, call: Call) => MessageInitShape<O> | Promise<MessageInitShape<O>>;
  server_streaming: (request: MessageShape<I>, call: Call) => AsyncIterable<MessageInitShape<O>>;
  bidi_streaming: (requests: AsyncIterable<MessageShape<I>>, call: Call) => AsyncIterable<MessageInitShape<O>>;
};

type Handler<M> = M extends {
  methodKind: infer K extends keyof Kinds<never, never>;
  input: infer I extends DescMessage;
  output: infer O extends DescMessage;
}
  ? Kinds<I, O>[K]
  : never;

/** What answers the methods of a service. */
export type Handlers<S extends DescService> = { readonly [K in keyof S['method']]: Handler<S['method'][K]> };

type AnyHandler = (request: never, call: Call) => unknown;

/** A service with what answers it; a method without a handler is UNIMPLEMENTED. */
export interface Implementation {
  readonly service: DescService;
  readonly handlers: Readonly<Record<string, AnyHandler | undefined>>;
}

export function implement<S extends DescService>(service: S, handlers: Partial<Handlers<S>>): Implementation {
  return { service, handlers: handlers as Implementation['handlers'] };
}

/** What a server does for every call. */
export interface CallOptions {
  readonly observer: Observer;
  /** Most bytes that a message may take in memory. */
  readonly weightLimit: number;
}

/** Kubernetes and load balancers ask these, without a token and again and again. */
const PROBES = /^\/(grpc\.health\.v1\.Health\/|inference\.GRPCInferenceService\/Server(Live|Ready)$)/;

export function isProbe(path: string): boolean {
  return PROBES.test(path);
}

/** Reads a metadata entry, by its name in small letters. */
export function headersOf(metadata: Metadata): (name: string) => string | undefined {
  return (name) => metadata.get(name)[0]?.toString();
}

/** Lets a server answer a service. */
export function addService(server: Server, { service, handlers }: Implementation, options: CallOptions): void {
  const answers = service.methods.flatMap((method): [string, UntypedHandleCall][] => {
    const handler = handlers[method.localName];
    return handler ? [[method.localName, answerOf(method, handler, options)]] : [];
  });
  server.addService(definitionOf(service), Object.fromEntries(answers));
}

const same = (bytes: Buffer): Buffer => bytes;

/** Why messages are bytes here: what cannot be read or written is answered, and heard of, as every other failure. */
function definitionOf({ methods, typeName }: DescService): ServiceDefinition {
  const codecs = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  return Object.fromEntries(
    methods.map(({ localName, name, methodKind }) => {
      const requestStream = methodKind === 'client_streaming' || methodKind === 'bidi_streaming';
      const responseStream = methodKind === 'server_streaming' || methodKind === 'bidi_streaming';
      return [localName, { path: `/${typeName}/${name}`, requestStream, responseStream, ...codecs }];
    }),
  );
}

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;
type StreamCall = ServerWritableStream<Buffer, Buffer>;
type DuplexCall = ServerDuplexStream<Buffer, Buffer>;
type AnyCall = NodeJS.EventEmitter & Pick<UnaryCall, 'cancelled' | 'metadata' | 'getDeadline' | 'getPath'>;
interface Failure {
  readonly code: status;
  readonly details: string;
}

function answerOf(method: DescMethod, handler: AnyHandler, options: CallOptions): UntypedHandleCall {
  const { input, output } = method;
  const read = (bytes: Buffer) => readMessage(input, bytes, options.weightLimit) as never;
  const answer = (request: unknown, call: Call) => handler(request as never, call);
  const send = async (call: StreamCall | DuplexCall, results: unknown, { signal }: Call): Promise<void> => {
    for await (const result of results as AsyncIterable<MessageInitShape<DescMessage>>) {
      if (!call.write(written(output, result))) await once(call, 'drain', { signal });
    }
    call.end();
  };
  if (method.methodKind === 'unary') {
    return (call: UnaryCall, callback: (failure: Failure | null, bytes?: Buffer) => void) =>
      watched(method, call, options, callback, async (context) =>
        callback(null, written(output, (await answer(read(call.request), context)) as MessageInitShape<DescMessage>)),
      );
  }
  if (method.methodKind === 'server_streaming') {
    return (call: StreamCall) =>
      watched(method, call, options, failStream(call), (context) =>
        send(call, answer(read(call.request), context), context),
      );
  }
  return (call: DuplexCall) =>
    watched(method, call, options, failStream(call), (context) =>
      send(call, answer(mapped(received(call), read), context), context),
    );
}

/** Why not the call itself: its other half would be destroyed after the last request. */
function received(call: DuplexCall): AsyncIterable<Buffer> {
  return call.iterator({ destroyOnReturn: false });
}

async function* mapped<T, U>(items: AsyncIterable<T>, map: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield map(item);
}

function written(schema: DescMessage, result: MessageInitShape<DescMessage>): Buffer {
  const { buffer, byteOffset, byteLength } = toBinary(schema, create(schema, result));
  return Buffer.from(buffer, byteOffset, byteLength);
}

function failStream(call: StreamCall | DuplexCall): (failure: Failure) => void {
  return (failure) => call.emit('error', failure);
}

/** Why: trailers are headers, whose size is limited; TensorFlow Serving cuts here too. */
const DETAILS_LENGTH = 1024;

async function watched(
  { name }: DescMethod,
  call: AnyCall,
  { observer }: CallOptions,
  fail: (failure: Failure) => void,
  work: (call: Call) => Promise<void>,
): Promise<void> {
  const header = headersOf(call.metadata);
  const watch = isProbe(call.getPath()) ? undefined : observer.request({ api: 'gRPC', method: name, header });
  const signal = signalOf(call);
  const run = async (): Promise<void> => {
    try {
      await work({ signal });
      watch?.end('OK');
    } catch (error) {
      const { code, message } = statusOf(signal.aborted ? signal.reason : error);
      watch?.end(code);
      fail({ code: status[code as keyof typeof status] ?? status.UNKNOWN, details: shortened(message) });
    }
  };
  await (watch ? watch.within(run) : run());
}

function shortened(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= DETAILS_LENGTH ? bytes.toString() : `${bytes.toString('utf8', 0, DETAILS_LENGTH)}...TRUNCATED`;
}

function signalOf(call: AnyCall): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    const isLate = Number(call.getDeadline()) <= Date.now();
    const reason = isLate
      ? new TensorFlowError('TF_DEADLINE_EXCEEDED', 'Deadline exceeded')
      : new TensorFlowError('TF_CANCELLED', 'The client is gone');
    controller.abort(reason);
  };
  if (call.cancelled) abort();
  else call.on('cancelled', abort);
  return controller.signal;
}
