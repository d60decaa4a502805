import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TlsFiles } from '../operations/tls.js';

/** How long a connection may stay open between requests; longer than load balancers keep theirs. */
const KEEP_ALIVE_MS = 72_000;
const HEADERS_MS = 10_000;
const LOOK_MS = 1000;

/** The server below, plain or with TLS. Who sends slowly is refused: headers after 10 s, the rest after `requestTimeout` ms. */
export function nodeServer(handler: RequestListener, requestTimeout: number, tls?: TlsFiles): Server {
  const times = {
    requestTimeout,
    headersTimeout: Math.min(HEADERS_MS, requestTimeout || HEADERS_MS),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: LOOK_MS,
  };
  if (!tls) return createServer(times, handler);
  const { cert, key, clientCa } = tls;
  const mutual = clientCa && { ca: clientCa, requestCert: true, rejectUnauthorized: true };
  return createSecureServer({ ...times, cert, key, minVersion: 'TLSv1.2', ...mutual }, handler);
}

const REFUSALS: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** The answer to what node's parser refuses: it is no HTTP, comes too slowly, or is two requests for some and one for others. */
export function refuseConnection({ code = '' }: Error & { code?: string }, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = REFUSALS[code] ?? 400;
  const body = `{ "error": ${JSON.stringify(STATUS_CODES[status])} }`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ];
  // Why destroy: who sends slowly would else keep its half of the connection.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
