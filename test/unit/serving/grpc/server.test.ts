import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { credentials, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { tensor } from '../../../../src/core/tensor.js';
import { Health, ServerReflection, ServerReflectionAlpha, ServingStatus } from '../../../../src/proto/grpc.js';
import { GRPCInferenceService } from '../../../../src/proto/inference.js';
import { PredictionService } from '../../../../src/proto/serving.js';
import { type GrpcServer, grpcServer } from '../../../../src/serving/grpc/server.js';
import { protoOfTensor } from '../../../../src/serving/grpc/tensor-proto.js';
import { type OperationsOptions, operationsOf } from '../../../../src/serving/operations/operations.js';
import { Repository } from '../../../../src/serving/repository/repository.js';
import { smallModel } from './small-models.js';
import { TestClient } from './test-client.js';

const path = smallModel();
const LIMIT = 100_000;
const { predict, classify } = PredictionService.method;
const PREDICT = '/tensorflow.serving.PredictionService/Predict';
const request = { modelSpec: { name: 'small' }, inputs: { x: protoOfTensor(tensor([[1, 2]])) } };
const failure = (code: keyof typeof status, details: string | RegExp = '') =>
  expect.objectContaining({ code: status[code], details: expect.stringMatching(details) });

interface Running {
  readonly server: GrpcServer;
  readonly client: TestClient;
  readonly repository: Repository;
  readonly operations: ReturnType<typeof operationsOf>;
}

async function start(options: OperationsOptions = {}): Promise<Running> {
  const operations = operationsOf({ logLevel: 'silent', ...options });
  const repository = new Repository();
  await repository.load(path());
  operations.readiness.start();
  const server = await grpcServer(repository, operations, { host: '127.0.0.1', port: 0, messageLimit: LIMIT });
  return { server, client: new TestClient(server.address), repository, operations };
}

async function stop({ server, client, repository }: Running): Promise<void> {
  client.close();
  await server.close(1000);
  repository.dispose();
}

async function running<T>(options: OperationsOptions, work: (running: Running) => Promise<T>): Promise<T> {
  const one = await start(options);
  try {
    return await work(one);
  } finally {
    await stop(one);
  }
}

let shared: Running;
beforeAll(async () => {
  shared = await start();
});
afterAll(() => stop(shared));

/** Runs that end only when their requests are given up. */
function holdRuns({ repository }: Running) {
  const servable = repository.model('small').get();
  return vi
    .spyOn(servable, 'run')
    .mockImplementation(
      (_name, _inputs, signal) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
}

describe('calls that are given up', () => {
  test('a deadline reaches the run, and the client', async () => {
    const runs = holdRuns(shared);
    // Why again: on a busy machine a deadline can pass before the call arrives.
    for (let millis = 100; runs.mock.results.length === 0; millis *= 2) {
      const late = shared.client.unary(predict, request, { deadline: new Date(Date.now() + millis) });
      await expect(late).rejects.toEqual(failure('DEADLINE_EXCEEDED'));
    }
    await expect(runs.mock.results[0]?.value).rejects.toMatchObject({ code: 'TF_DEADLINE_EXCEEDED' });
    runs.mockRestore();
  });

  test('a client that is gone frees its run', async () => {
    const runs = holdRuns(shared);
    const controller = new AbortController();
    const given = shared.client.unary(predict, request, { signal: controller.signal });
    await vi.waitFor(() => expect(runs).toHaveBeenCalled());
    controller.abort();
    await expect(given).rejects.toEqual(failure('CANCELLED'));
    await expect(runs.mock.results[0]?.value).rejects.toMatchObject({ code: 'TF_CANCELLED' });
    runs.mockRestore();
  });

  test('a client whose message does not come is not waited for', () =>
    running({}, async ({ repository, operations }) => {
      const options = { host: '127.0.0.1', port: 0, requestTimeout: 100 };
      const server = await grpcServer(repository, operations, options);
      const session = connectHttp2(`http://${server.address}`);
      const stream = session.request({ ':method': 'POST', ':path': PREDICT, 'content-type': 'application/grpc' });
      stream.write(Buffer.of(0, 0, 0, 0, 9, 1));
      const [headers] = await once(stream, 'response');
      expect(headers).toMatchObject({ 'grpc-status': String(status.DEADLINE_EXCEEDED) });
      session.destroy();
      await server.close(1000);
    }));

  test('a full queue is said at once', async () => {
    const servable = shared.repository.model('small').get();
    const full = Object.assign(new Error('The queue is full'), { code: 'TF_RESOURCE_EXHAUSTED' });
    const run = vi.spyOn(servable, 'run').mockRejectedValue(full);
    await expect(shared.client.unary(predict, request)).rejects.toEqual(failure('RESOURCE_EXHAUSTED', /queue is full/));
    run.mockRestore();
  });

  test('a failure of ours says nothing', async () => {
    const servable = shared.repository.model('small').get();
    const run = vi.spyOn(servable, 'use').mockRejectedValue(new Error('/secret/place is broken'));
    await expect(shared.client.unary(predict, request)).rejects.toEqual(failure('INTERNAL', /^Internal error\.$/));
    run.mockRestore();
  });
});

describe('hostile messages', () => {
  const send = (bytes: Uint8Array) => shared.client.send(PREDICT, bytes);
  const alive = async () => expect((await shared.client.unary(predict, request)).outputs.y?.floatVal).toEqual([2, 4]);
  const field = (no: number, content: Uint8Array) =>
    Buffer.concat([Buffer.of(no * 8 + 2), varint(content.length), content]);
  const varint = (value: number): Buffer =>
    value < 128 ? Buffer.of(value) : Buffer.concat([Buffer.of((value % 128) + 128), varint(Math.floor(value / 128))]);
  /** A PredictRequest with an input `x` of these fields of a TensorProto. */
  const input = (proto: Uint8Array) => field(2, Buffer.concat([field(1, Buffer.from('x')), field(2, proto)]));

  test('a message over the limit', async () => {
    await expect(send(new Uint8Array(LIMIT + 1))).rejects.toEqual(failure('RESOURCE_EXHAUSTED'));
    await alive();
  });

  test.each<[string, () => Uint8Array, keyof typeof status]>([
    ['no message', () => Buffer.from('GET / HTTP/1.1'), 'INVALID_ARGUMENT'],
    ['a field that ends early', () => Buffer.of(0x12, 100, 1), 'INVALID_ARGUMENT'],
    ['a length beyond numbers', () => Buffer.of(0x12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), 'INVALID_ARGUMENT'],
    ['a group that does not end', () => Buffer.alloc(50_000, 0x0b), 'INVALID_ARGUMENT'],
    ['text that is no UTF-8', () => field(3, Buffer.of(0xff, 0xfe)), 'INVALID_ARGUMENT'],
    ['tensors in tensors in tensors', () => {
      let nested = Buffer.alloc(0);
      while (nested.length < 50_000) nested = field(15, field(3, nested));
      return input(nested);
    }, 'INVALID_ARGUMENT'],
    ['many empty strings', () => input(Buffer.concat(Array.from({ length: 40_000 }, () => field(8, Buffer.alloc(0))))), 'RESOURCE_EXHAUSTED'],
    ['many small int64s', () => input(field(10, Buffer.alloc(90_000))), 'RESOURCE_EXHAUSTED'],
    ['many inputs', () => Buffer.concat(Array.from({ length: 20_000 }, () => field(2, Buffer.alloc(0)))), 'RESOURCE_EXHAUSTED'],
  ])('%s', async (_, bytes, code) => {
    await expect(send(bytes())).rejects.toEqual(failure(code, /^The message /));
    await alive();
  }); // biome-ignore format: a table

  test('any bytes, to any service, get a coded answer', async () => {
    const paths = [PREDICT, '/tensorflow.serving.PredictionService/MultiInference', '/tensorflow.serving.ModelService/GetModelStatus',
      '/inference.GRPCInferenceService/ModelInfer', '/grpc.health.v1.Health/Check', '/none/None']; // biome-ignore format: a list
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 200 }), async (to, bytes) => {
        const error = await shared.client.send(to, bytes).catch((caught) => caught);
        if (error instanceof Error) expect(error).not.toMatchObject({ code: status.INTERNAL });
      }),
      { numRuns: 200 },
    );
    await alive();
  });

  test('what is no HTTP/2 at all', async () => {
    const port = Number(shared.server.address.split(':')[1]);
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.end('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    await alive();
  });

  test('examples by the thousand', async () => {
    const examples = Array.from({ length: 20_000 }, () => ({}));
    const input = { kind: { case: 'exampleList', value: { examples } } } as const;
    const asked = shared.client.unary(classify, { modelSpec: { name: 'small', signatureName: 'labels' }, input });
    await expect(asked).rejects.toEqual(failure('RESOURCE_EXHAUSTED', /too many parts/));
  });
});

describe('health', () => {
  const check = (service: string) => shared.client.unary(Health.method.check, { service });

  test('of the server and of its services', async () => {
    expect(await check('')).toMatchObject({ status: ServingStatus.SERVING });
    expect(await check('tensorflow.serving.PredictionService')).toMatchObject({ status: ServingStatus.SERVING });
    await expect(check('none')).rejects.toEqual(failure('NOT_FOUND', /^unknown service$/));
  });

  test('who watches is told when the server drains, and let go when it closes', () =>
    running({}, async ({ client, operations, server }) => {
      const call = client.watch(Health.method.watch, { service: '' });
      const seen: number[] = [];
      call.on('data', (bytes: Buffer) => seen.push(fromBinary(Health.method.watch.output, bytes).status));
      await once(call, 'data');
      operations.readiness.drain();
      await vi.waitFor(() => expect(seen).toEqual([ServingStatus.SERVING, ServingStatus.NOT_SERVING]), 5000);
      const ended = once(call, 'end');
      await server.close(5000);
      await ended;
    }));

  test('who watches what is not there is told so', async () => {
    const call = shared.client.watch(Health.method.watch, { service: 'none' }).on('error', () => {});
    const [bytes] = await once(call, 'data');
    expect(fromBinary(Health.method.watch.output, bytes)).toMatchObject({ status: ServingStatus.SERVICE_UNKNOWN });
    call.cancel();
  });
});

describe('reflection', () => {
  const names = [
    'tensorflow.serving.PredictionService',
    'tensorflow.serving.ModelService',
    'inference.GRPCInferenceService',
    'grpc.health.v1.Health',
    'grpc.reflection.v1.ServerReflection',
    'grpc.reflection.v1alpha.ServerReflection',
  ];

  test.each([
    ServerReflection.method.serverReflectionInfo,
    { ...ServerReflection.method.serverReflectionInfo, parent: ServerReflectionAlpha },
  ])('$parent.typeName tells of all services', async (method) => {
    const [answer] = await shared.client.stream(method, [{ messageRequest: { case: 'listServices', value: '' } }]);
    const service = names.map((name) => ({ name }));
    expect(answer?.messageResponse).toMatchObject({ case: 'listServicesResponse', value: { service } });
  });

  test('files by the name of a service, a message, a method, and by their own', async () => {
    const symbols = [
      'inference.GRPCInferenceService',
      'inference.ModelInferRequest.InferInputTensor',
      'inference.GRPCInferenceService.ModelInfer',
    ];
    const answers = await shared.client.stream(ServerReflection.method.serverReflectionInfo, [
      ...symbols.map((value) => ({ messageRequest: { case: 'fileContainingSymbol', value } as const })),
      { messageRequest: { case: 'fileByFilename', value: 'tensorflow/core/framework/tensor.proto' } },
    ]);
    const files = answers.map(({ messageResponse: { case: kind, value } }) =>
      kind === 'fileDescriptorResponse'
        ? value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name)
        : kind,
    );
    const inference = ['grpc_predict_v2.proto'];
    expect(files).toEqual([inference, inference, inference, ['tensorflow/core/framework/tensor.proto']]);
  });

  test('what there is not', async () => {
    const answers = await shared.client.stream(ServerReflection.method.serverReflectionInfo, [
      { messageRequest: { case: 'fileContainingSymbol', value: 'none' } },
      { messageRequest: { case: 'fileByFilename', value: '../../etc/passwd' } },
      { messageRequest: { case: 'fileContainingExtension', value: { containingType: 'a', extensionNumber: 1 } } },
      { messageRequest: { case: 'allExtensionNumbersOfType', value: 'a' } },
      {},
    ]);
    expect(answers.map(({ messageResponse: { value } }) => value)).toMatchObject([
      { errorCode: status.NOT_FOUND },
      { errorCode: status.NOT_FOUND },
      { errorCode: status.NOT_FOUND },
      { errorCode: status.NOT_FOUND },
      { errorCode: status.INVALID_ARGUMENT },
    ]);
  });
});

describe('who may ask', () => {
  test('a token, in the metadata; probes need none', () =>
    running({ tokens: ['secret'] }, async ({ client }) => {
      const ask = (headers: Record<string, string>) => client.unary(predict, request, { headers });
      await expect(ask({})).rejects.toEqual(failure('UNAUTHENTICATED', /token/));
      await expect(ask({ authorization: 'Bearer wrong' })).rejects.toEqual(failure('UNAUTHENTICATED'));
      expect((await ask({ authorization: 'Bearer secret' })).outputs.y?.floatVal).toEqual([2, 4]);
      expect(await client.unary(Health.method.check, {})).toMatchObject({ status: ServingStatus.SERVING });
      expect(await client.unary(GRPCInferenceService.method.serverReady, {})).toMatchObject({ ready: true });
      const reflection = client.stream(ServerReflection.method.serverReflectionInfo, [{}]);
      await expect(reflection).rejects.toEqual(failure('UNAUTHENTICATED'));
    }));

  test('with TLS; with authorities, only clients with a certificate of theirs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'grpc-tls-'));
    const file = (name: string) => join(folder, name);
    for (const name of ['server', 'client', 'stranger']) {
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
        '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
        { cwd: folder, stdio: 'ignore' }); // biome-ignore format: one command
    }
    const tls = { cert: file('server.pem'), key: file('server.key') };
    const ca = readFileSync(tls.cert);
    const asked = async (address: string, channel: ReturnType<typeof credentials.createSsl>) => {
      const client = new TestClient(address, channel);
      const answer = await client
        .unary(predict, request, { deadline: new Date(Date.now() + 5000) })
        .finally(() => client.close());
      return answer.outputs.y?.floatVal;
    };
    const as = (name: string) =>
      credentials.createSsl(ca, readFileSync(file(`${name}.key`)), readFileSync(file(`${name}.pem`)));
    await running({ tls }, async ({ server: { address } }) => {
      expect(await asked(address, credentials.createSsl(ca))).toEqual([2, 4]);
      await expect(asked(address, credentials.createInsecure())).rejects.toEqual(failure('UNAVAILABLE'));
    });
    await running({ tls: { ...tls, clientCa: file('client.pem') } }, async ({ server: { address } }) => {
      expect(await asked(address, as('client'))).toEqual([2, 4]);
      await expect(asked(address, credentials.createSsl(ca))).rejects.toEqual(failure('UNAVAILABLE'));
      await expect(asked(address, as('stranger'))).rejects.toEqual(failure('UNAVAILABLE'));
    });
    await rm(folder, { recursive: true, force: true });
  });
});

test('calls are heard of: metrics have their method and outcome', () =>
  running({}, async ({ client, operations }) => {
    await client.unary(predict, request);
    await client.unary(predict, {}).catch(() => {});
    const text = await operations.metricsText?.();
    expect(text).toMatch(/model_name="small".*API="Predict",entrypoint="gRPC",status="OK"} 1/);
    expect(text).toMatch(/API="Predict",entrypoint="gRPC",status="INVALID_ARGUMENT"} 1/);
  }));

test('a server that closes answers the calls it has, and takes no more', () =>
  running({}, async (one) => {
    const { client, server, repository } = one;
    const servable = repository.model('small').get();
    const run = servable.run.bind(servable);
    let goOn = (): void => {};
    const closing = new Promise<void>((done) => {
      goOn = done;
    });
    vi.spyOn(servable, 'run').mockImplementation(async (...args) => {
      await closing;
      return run(...args);
    });
    const last = client.unary(predict, request);
    await vi.waitFor(() => expect(servable.run).toHaveBeenCalled());
    const closed = server.close(30_000);
    goOn();
    expect((await last).outputs.y?.floatVal).toEqual([2, 4]);
    await closed;
    await expect(client.unary(predict, request)).rejects.toEqual(failure('UNAVAILABLE'));
  }));

test('a port that is taken', async () => {
  const port = Number(shared.server.address.split(':')[1]);
  const taken = grpcServer(shared.repository, shared.operations, { host: '127.0.0.1', port });
  await expect(taken).rejects.toMatchObject({
    code: 'ERR_ARGUMENT',
    message: expect.stringMatching(/another program listens/),
  });
});
