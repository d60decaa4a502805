import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request asked for. */
export interface Asked {
  readonly path: string;
  readonly range: string | undefined;
}

/** How a request is answered; gives true where it was. */
export type Answer = (asked: Asked, response: ServerResponse, count: number) => boolean;

export interface FileServer extends AsyncDisposable {
  readonly address: string;
  readonly asked: Asked[];
}

/** A server of files that knows ranges, unless `answer` answers by itself. */
export async function fileServer(
  files: ReadonlyMap<string, Buffer>,
  answer: Answer = () => false,
): Promise<FileServer> {
  const asked: Asked[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const one = { path: request.url ?? '', range: request.headers.range };
    asked.push(one);
    if (!answer(one, response, asked.length)) serve(files.get(one.path), one.range, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(contents: Buffer | undefined, range: string | undefined, response: ServerResponse): void {
  if (!contents) {
    response.writeHead(404).end();
    return;
  }
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (start >= contents.length) {
    response.writeHead(416, { 'content-range': `bytes */${contents.length}` }).end();
    return;
  }
  const part = contents.subarray(start);
  response.writeHead(range ? 206 : 200, { 'content-length': part.length });
  response.end(part);
}

/** The beginning of a file, as if there were more, and then the end of the connection. */
export function cut(contents: Buffer, length: number, response: ServerResponse, start = 0): true {
  response.writeHead(start > 0 ? 206 : 200, { 'content-length': contents.length - start });
  response.write(contents.subarray(start, length), () => response.destroy());
  return true;
}
