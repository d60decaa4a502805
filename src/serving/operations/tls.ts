import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf, TensorFlowError } from '../../errors/errors.js';

/** Files in PEM. */
export interface TlsOptions {
  /** The server's certificate, with those between it and its authority behind it. */
  cert: string;
  /** The certificate's private key. */
  key: string;
  /** Authorities of clients: only who has a certificate of theirs is answered (mutual TLS). */
  clientCa?: string;
}

/** What the files hold. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
}

/** @throws ERR_NOT_READABLE; ERR_FILE_FORMAT for what is no certificate, or not of this key */
export function readTls({ cert, key, clientCa }: TlsOptions): TlsFiles {
  const files: TlsFiles = {
    cert: read(cert),
    key: read(key),
    ...(clientCa !== undefined && { clientCa: read(clientCa) }),
  };
  try {
    createSecureContext({ cert: files.cert, key: files.key, ca: files.clientCa });
  } catch (cause) {
    throw new TensorFlowError('ERR_FILE_FORMAT', `serve: '${cert}' and '${key}' are no pair: ${messageOf(cause)}.`);
  }
  return files;
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new TensorFlowError('ERR_NOT_READABLE', `serve: tls: '${path}' cannot be read: ${messageOf(cause)}.`);
  }
}
