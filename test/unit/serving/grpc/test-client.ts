import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';

interface Method<I extends DescMessage, O extends DescMessage> extends DescMethod {
  readonly input: I;
  readonly output: O;
}

interface CallOptions {
  readonly headers?: Record<string, string>;
  readonly deadline?: Date;
  /** Given up when this is aborted. */
  readonly signal?: AbortSignal;
}

/** A client of any service that is described, or of bytes. */
export class TestClient {
  readonly #client: Client;

  constructor(address: string, channel = credentials.createInsecure()) {
    this.#client = new Client(address, channel);
  }

  async unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const bytes = toBinary(method.input, create(method.input, request));
    return fromBinary(method.output, await this.send(pathOf(method), bytes, options));
  }

  /** Rejects with the call's `code` and `details`. */
  send(path: string, bytes: Uint8Array, { headers = {}, deadline, signal }: CallOptions = {}): Promise<Uint8Array> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return new Promise((resolve, reject) => {
      const options = deadline ? { deadline } : {};
      const call = this.#client.makeUnaryRequest(path, Buffer.from, same, bytes, metadata, options, (error, answer) =>
        error ? reject(error) : resolve(new Uint8Array(answer ?? [])),
      );
      signal?.addEventListener('abort', () => call.cancel());
    });
  }

  /** Answers come while they are read; `destroy` gives the call up. */
  watch<I extends DescMessage>(
    method: Method<I, DescMessage>,
    request: MessageInitShape<I>,
  ): ClientReadableStream<Buffer> {
    const bytes = toBinary(method.input, create(method.input, request));
    return this.#client.makeServerStreamRequest(pathOf(method), Buffer.from, same, bytes);
  }

  /** All answers to these requests. */
  async stream<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    requests: readonly MessageInitShape<I>[],
  ): Promise<MessageShape<O>[]> {
    const call = this.#client.makeBidiStreamRequest(pathOf(method), Buffer.from, same);
    for (const request of requests) call.write(toBinary(method.input, create(method.input, request)));
    call.end();
    const answers: MessageShape<O>[] = [];
    for await (const bytes of call) answers.push(fromBinary(method.output, new Uint8Array(bytes)));
    return answers;
  }

  close(): void {
    this.#client.close();
  }
}

function pathOf({ parent, name }: DescMethod): string {
  return `/${parent.typeName}/${name}`;
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
